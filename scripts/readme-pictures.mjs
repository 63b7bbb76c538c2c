// Makes the README's pictures of the embedded model again, and its table from the model's card: pnpm build, then
// node scripts/readme-pictures.mjs. The commands and the pictures are those that docs/readme-figures.md has; test/readme
// holds the three against each other.
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSteeringVectors } from "../packages/core/dist/files.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const pageFile = join(root, "docs/readme-figures.md");
const readmeFile = join(root, "README.md");

const page = await readFile(pageFile, "utf8");
const [section] = page.split("\n## The embedded model\n")[1].split("\n## ");
const commands = [...section.matchAll(/^pnpm caa (.+)$/gm)].map(([, line]) => line.split(" "));
/** Pictures by how the plot's file name begins. */
const pictures = [...section.matchAll(/^\| \[(\S+\.svg)\]\(\S+\) +\| `(\S+)\.\.\.` +\|$/gm)];

let hash = "";
const folder = await mkdtemp(join(tmpdir(), "readme-"));
try {
  for (const args of commands) {
    process.stdout.write(`caa ${args.join(" ")}\n`);
    const main = join(root, "apps/cli/dist/main.js");
    execFileSync(process.execPath, [main, ...args], {
      cwd: folder,
      stdio: ["ignore", "ignore", 2],
    });
  }
  const plots = await readdir(join(folder, "plots"));
  for (const [, picture, start] of pictures) {
    const found = plots.filter((name) => name.startsWith(start) && name.endsWith(".svg"));
    if (found.length !== 1) {
      throw new Error(`${picture}: expected one plot ${start}..., got ${found.length}`);
    }
    const svg = await readFile(join(folder, "plots", found[0]));
    await writeFile(join(root, "docs/pictures", picture), svg);
    process.stdout.write(`docs/pictures/${picture}\n`);
  }
  const vectors = join(folder, "vectors/refusal/phantom.safetensors");
  hash = (await loadSteeringVectors(vectors)).metadata.modelHash;
} finally {
  await rm(folder, { recursive: true, force: true });
}

await writeFile(pageFile, page.replace(/(They show the model )`[0-9a-f]*`/, `$1\`${hash}\``));

const TABLE = /^\| behavior .*\n(?:\|.*\n)+/m;
const card = await readFile(join(root, "packages/llama/phantom/README.md"), "utf8");
const readme = await readFile(readmeFile, "utf8");
await writeFile(readmeFile, readme.replace(TABLE, TABLE.exec(card)[0]));
const oxfmt = join(createRequire(import.meta.url).resolve("oxfmt/package.json"), "../bin/oxfmt");
execFileSync(process.execPath, [oxfmt, readmeFile], { stdio: "inherit" });
