import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Runs a script of `bench/children` to its end; its last line is its answer as JSON. */
export async function runChild(name, args) {
  const script = fileURLToPath(new URL(`../children/${name}`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args]);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}
