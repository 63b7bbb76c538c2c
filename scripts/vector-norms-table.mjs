// Writes the norms of the vectors in vectors/ into vectors/README.md, between its two markers: node scripts/vector-norms-table.mjs
// (after a build). test/vectors compares the table with the files.
import { readdir, readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { norm } from "../packages/core/dist/index.js";
import { loadSteeringVectors, writeFileAtomic } from "../packages/core/dist/files.js";

const START = "<!-- norms: made by scripts/vector-norms-table.mjs -->";
const END = "<!-- end of norms -->";

/** The models whose vectors are ready, as their files are named. What else was made into vectors/ stays out. */
const MODELS = ["phantom", "SmolLM2-135M-Instruct.Q4_1.gguf", "Qwen2.5-Coder-0.5B-Instruct.gguf"];

const dir = fileURLToPath(new URL("../vectors/", import.meta.url));
const readme = join(dir, "README.md");

/** The sets of a model by behavior. */
async function readSets(model) {
  const sets = new Map();
  for (const behavior of (await readdir(dir)).sort()) {
    const path = join(dir, behavior, `${model}.safetensors`);
    if (existsSync(path)) {
      sets.set(behavior, await loadSteeringVectors(path));
    }
  }
  return sets;
}

/** Padded as the formatter does it. */
function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(3, ...rows.map((row) => row[i].length)));
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join("\n");
}

function section(model, sets) {
  const [first] = sets.values();
  const rows = first.layers.map((layer) => [
    String(layer),
    ...[...sets.values()].map((set) => norm(set.vector(layer)).toPrecision(3)),
  ]);
  const pairs = [...sets].map(([behavior, set]) => `${behavior} ${set.metadata.pairCount}`);
  return `### ${model}\n\nPairs: ${pairs.join(", ")}. Size of a vector: ${first.dModel}.\n\n${table([["layer", ...sets.keys()], ...rows])}`;
}

const text = await readFile(readme, "utf8");
const [start, end] = [text.indexOf(START), text.indexOf(END)];
if (start < 0 || end < start) {
  process.stderr.write(`${readme}: expected the markers ${START} and ${END}\n`);
  process.exit(2);
}
const sections = [];
for (const model of MODELS) {
  const sets = await readSets(model);
  sections.push(...(sets.size === 0 ? [] : [section(model, sets)]));
}
const made = [START, ...sections, END].join("\n\n");
await writeFileAtomic(readme, text.slice(0, start) + made + text.slice(end + END.length));
process.stdout.write(`${readme}: norms of ${sections.length} models\n`);
