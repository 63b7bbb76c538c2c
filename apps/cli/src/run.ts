import type { CliDependencies } from "./dependencies.ts";
import { reportError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";
import { splitNegativeLists } from "./options/numbers.ts";
import { createProgram } from "./program.ts";

/** Runs the command line and gives its exit code; nothing is thrown. */
export async function runCli(
  args: readonly string[],
  dependencies: CliDependencies,
): Promise<number> {
  try {
    await createProgram(dependencies).parseAsync(splitNegativeLists(args), { from: "user" });
    return EXIT.ok;
  } catch (error) {
    return reportError(error, dependencies);
  }
}
