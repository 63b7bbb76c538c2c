// Prints the Markdown of docs/performance.md for results of the benchmark: `node bench/write-table.mjs results.json`.
import { readFileSync } from "node:fs";
import { markdown } from "./lib/table.mjs";

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("write-table: expected the results' file, as `pnpm bench --json FILE` writes it");
  process.exit(2);
}
process.stdout.write(markdown(JSON.parse(readFileSync(file, "utf8"))));
