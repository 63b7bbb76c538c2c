import { CaaError } from "@caa/core";
import { CommanderError } from "commander";
import type { CliDependencies } from "./dependencies.ts";
import { hideSecrets, readVariable } from "./env.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { printable } from "./output/printable.ts";

/**
 * Tells the user of an error, without secrets, and gives the exit code. Stacks are shown with CAA_DEBUG=1 only.
 */
export function reportError(error: unknown, dependencies: CliDependencies): number {
  const { stderr, env, signal } = dependencies;
  if (error instanceof CommanderError) {
    // All has been said already: by commander, or by the command that ended so.
    return error.exitCode === 1 ? EXIT.usage : error.exitCode;
  }
  const debug = readVariable(env, "CAA_DEBUG") === "1";
  const print = (text: string): unknown =>
    stderr.write(`${hideSecrets(text, env).split("\n").map(printable).join("\n")}\n`);
  if (CaaError.isInstance(error)) {
    print(error.code === "aborted" ? "stopped" : `error: ${error.message}`);
    if (debug) {
      print(stackOf(error));
    }
    return exitCodeOf(error.code);
  }
  if (signal.aborted) {
    print("stopped");
    return EXIT.interrupted;
  }
  print(`error: ${error instanceof Error ? error.message : String(error)}`);
  print(debug ? stackOf(error) : "This is a defect of the program; CAA_DEBUG=1 shows where.");
  return EXIT.unexpected;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return (error.stack ?? error.message) + cause;
}
