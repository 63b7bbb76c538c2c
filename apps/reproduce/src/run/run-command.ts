import { CaaError } from "@caa/core";
import { quote } from "../../../cli/src/demo/commands.ts";
import type { CliDependencies } from "../../../cli/src/dependencies.ts";
import { runCli } from "../../../cli/src/run.ts";

/** A command that ended with another exit code than 0. */
export class CommandFailed extends CaaError {
  readonly exitCode: number;

  constructor(line: string, exitCode: number) {
    super(
      exitCode === 130 ? "aborted" : "invalid-argument",
      `${line}: ended with exit code ${exitCode}`,
    );
    this.exitCode = exitCode;
  }
}

/** A command as it is typed. */
export function commandLine(args: readonly string[]): string {
  return ["caa", ...args].map(quote).join(" ");
}

/** Runs a command of `caa`, tells it on stderr, and gives what it printed. @throws {CommandFailed} */
export async function runCommand(
  args: readonly string[],
  dependencies: CliDependencies,
): Promise<string> {
  const line = commandLine(args);
  dependencies.stderr.write(`\n${line}\n`);
  let stdout = "";
  const code = await runCli(args, {
    ...dependencies,
    stdout: { write: (text) => (stdout += text) },
  });
  if (code !== 0) {
    throw new CommandFailed(line, code);
  }
  return stdout;
}
