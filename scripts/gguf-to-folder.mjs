// A GGUF model as a float32 Hugging Face folder: node scripts/gguf-to-folder.mjs FILE.gguf FOLDER (after a build).
// Does nothing where the folder is there already: it gets its name only when it is whole.
import { existsSync } from "node:fs";
import { convertGguf } from "../packages/llama/dist/index.js";

const [file, folder] = process.argv.slice(2);
if (file === undefined || folder === undefined) {
  process.stderr.write("usage: node scripts/gguf-to-folder.mjs FILE.gguf FOLDER\n");
  process.exit(2);
}
if (!existsSync(folder)) {
  await convertGguf(file, folder);
}
process.stdout.write(`${folder}\n`);
