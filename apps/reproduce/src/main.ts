import { openModel } from "@caa/llama";
import { loadEnvironment } from "../../cli/src/env.ts";
import { runReproduce } from "./program.ts";

// pnpm runs scripts in the package's folder and says from where it was called.
const cwd = process.env["INIT_CWD"] ?? process.cwd();
process.chdir(cwd);

const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => controller.abort());
}
const args = process.argv.slice(2).filter((arg, index) => index > 0 || arg !== "--");
process.exitCode = await runReproduce(args, {
  openModel,
  stdout: process.stdout,
  stderr: process.stderr,
  env: await loadEnvironment(process.env, cwd),
  cwd,
  isTTY: process.stderr.isTTY === true,
  now: () => performance.now(),
  signal: controller.signal,
});
