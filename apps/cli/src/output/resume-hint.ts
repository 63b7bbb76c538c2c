import { CaaError } from "@caa/core";
import type { CliDependencies } from "../dependencies.ts";

/** Runs a job; when it is stopped by Ctrl-C, says what is kept and how to go on before the error goes on its way. */
export async function withResumeHint<Result>(
  { stderr }: Pick<CliDependencies, "stderr">,
  kept: () => string,
  job: () => Promise<Result>,
  overwrite = false,
): Promise<Result> {
  try {
    return await job();
  } catch (error) {
    if (CaaError.isInstance(error) && error.code === "aborted") {
      const again = overwrite
        ? "Run the same command again to go on; with --overwrite finished behaviors are made once more."
        : "Run the same command again to go on.";
      stderr.write(`${kept()} ${again}\n`);
    }
    throw error;
  }
}
