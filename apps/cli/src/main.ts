#!/usr/bin/env node
import type { CliDependencies, OpenModel } from "./dependencies.ts";
import { loadEnvironment } from "./env.ts";
import { reportError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";
import { runCli } from "./run.ts";

const openModel: OpenModel = async (nameOrPath, options) => {
  const llama = await import("@caa/llama"); // heavy: loaded by the first command that needs a model
  return llama.openModel(nameOrPath, options);
};

const controller = new AbortController();
let interrupts = 0;
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    interrupts += 1;
    if (interrupts > 1) {
      process.exit(EXIT.interrupted);
    }
    process.stderr.write("\nstopping; Ctrl-C again ends at once\n");
    controller.abort();
  });
}
// A reader such as `head` that has seen enough is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.unexpected);
});

const cwd = process.cwd();
const dependencies: CliDependencies = {
  openModel,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd,
  isTTY: process.stderr.isTTY === true,
  // Heeds COLORTERM, TERM and NO_COLOR.
  colors: process.stdout.isTTY && process.stdout.hasColors(2 ** 24),
  now: () => performance.now(),
  signal: controller.signal,
};
try {
  const env = await loadEnvironment(process.env, cwd);
  process.exitCode = await runCli(process.argv.slice(2), { ...dependencies, env });
} catch (error) {
  process.exitCode = reportError(error, dependencies);
}
