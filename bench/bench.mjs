// The same work by this project and by the PyTorch reference, in alternation: `pnpm bench [vectors|ab] [--rounds N]`.
// Needs CAA_TEST_DATA, CAA_TEST_REFERENCE (the folder of caa_reference.py), CAA_BENCH_MODEL (a Hugging Face folder in
// float32) and CAA_BENCH_PYTHON (a Python with torch and transformers). A missing peer is said, and ours runs alone.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openModel } from "../packages/llama/dist/index.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" } },
});
const need = (name) => {
  const value = process.env[name];
  if (!value) {
    console.error(`bench: set ${name}; the head of bench/bench.mjs says what it is`);
    process.exit(2);
  }
  return value;
};
const data = need("CAA_TEST_DATA");
const folder = need("CAA_BENCH_MODEL");
const script = join(process.env.CAA_TEST_REFERENCE ?? "", "caa_reference.py");
const python = process.env.CAA_BENCH_PYTHON;
const hasPeer = python !== undefined && existsSync(script);
if (!hasPeer) {
  console.log("peer skipped: CAA_BENCH_PYTHON or caa_reference.py is missing");
}
const work = mkdtempSync(join(tmpdir(), "caa-bench-"));
const read = (path) => JSON.parse(readFileSync(join(data, path), "utf8"));
const generateFile = "caa/generate/sycophancy/generate_dataset.json";
const testFile = "caa/test/sycophancy/test_dataset_ab.json";
const layers = Array.from({ length: 30 }, (_, layer) => layer);
const multipliers = [-1, 0, 1];

/** Seconds that the reference says its work took, without loading the model. */
function reference(...args) {
  const line = execFileSync(python, [script, ...args, "--model", folder], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(line.trim().split("\n").at(-1)).seconds;
}

const seconds = async (run) => {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
};

const vectorsFile = join(work, "vectors.safetensors");
const benches = {
  vectors: {
    unit: "pairs",
    // The reference runs all of them: more than a minute of its time.
    ours: { count: 60 },
    theirs: { count: 60 },
    peer: () =>
      reference(
        "vectors",
        "--data",
        join(data, generateFile),
        "--limit",
        "60",
        "--out",
        vectorsFile,
      ),
    run: (model) =>
      seconds(async () => {
        const prompts = read(generateFile)
          .slice(0, 60)
          .map((pair) => ({
            user: pair.question,
            positive: pair.answer_matching_behavior,
            negative: pair.answer_not_matching_behavior,
          }));
        for await (const _ of model.contrastActivations(prompts, { layers }));
      }),
  },
  ab: {
    unit: "evaluations",
    // Ours runs the whole sweep, whose prompts are shared by ten times as many cells: that sharing is what is measured.
    ours: { count: 20 * 90 },
    // Three layers of the thirty: a fixed subset, compared per evaluation.
    theirs: { count: 20 * 9 },
    peer: () =>
      reference(
        "ab",
        "--data",
        join(data, testFile),
        "--limit",
        "20",
        "--vectors",
        vectorsFile,
        "--layers",
        "8",
        "14",
        "20",
        "--multipliers",
        "-1",
        "0",
        "1",
        "--out",
        join(work, "ab.json"),
      ),
    run: (model) =>
      seconds(async () => {
        const prompts = read(testFile)
          .slice(0, 20)
          .map((item) => ({ user: item.question, answers: ["(A)", "(B)"] }));
        const vector = Float32Array.from({ length: model.info.dModel }, (_, i) => Math.sin(i) / 10);
        const steerings = layers.flatMap((layer) =>
          multipliers.map((multiplier) => [
            { name: "bench", layer, vector, multiplier, operation: "add", positions: "marker" },
          ]),
        );
        for await (const _ of model.choiceProbabilities(prompts, steerings));
      }),
  },
};

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const names = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = names.find((name) => !(name in benches));
if (unknown !== undefined) {
  console.error(`bench: unknown "${unknown}"; there are ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}`);
try {
  const model = await openModel(folder);
  if (hasPeer && names.includes("ab") && !names.includes("vectors")) {
    benches.vectors.peer(); // the reference's own vectors
  }
  for (const name of names) {
    const { unit, ours, theirs, peer, run } = benches[name];
    const pairs = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      const theirRate = hasPeer ? theirs.count / peer() : undefined;
      const ourRate = ours.count / (await run(model));
      pairs.push({ ourRate, theirRate });
      console.log(
        `${name} ${round + 1}: ours ${ourRate.toFixed(2)} ${unit}/s${hasPeer ? `, reference ${theirRate.toFixed(2)}` : ""}`,
      );
    }
    console.log(
      `${name}: median ${median(pairs.map((pair) => pair.ourRate)).toFixed(2)} ${unit}/s`,
    );
    if (hasPeer) {
      const ratios = pairs.map((pair) => pair.ourRate / pair.theirRate);
      console.log(
        `${name}: ratio to the reference, median ${median(ratios).toFixed(1)} (${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)})`,
      );
    }
  }
  await model.dispose();
} finally {
  rmSync(work, { recursive: true });
}
