import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import { writeFileAtomic } from "@caa/core/files";
import type { CliDependencies } from "../dependencies.ts";
import { readCellsToScore, type ScoreInputOptions } from "./score-input.ts";

/** Sheets hold the answers themselves. */
export const MAX_LABEL_BYTES: number = 64 * 1024 * 1024;

/**
 * Writes a sheet of the answers for a person to score; gives its name. One that is there is never written over: it may
 * hold hours of work.
 * @throws {CaaError} invalid-argument when it is there; io
 */
export async function writeLabelSheet(
  file: string,
  options: ScoreInputOptions & { readonly seed: number },
  dependencies: Pick<CliDependencies, "cwd" | "stderr">,
): Promise<string> {
  const path = resolve(dependencies.cwd, file);
  if (existsSync(path)) {
    const message = `--write-labels: expected a file that is not there, got ${file}, which may hold scores`;
    throw new CaaError("invalid-argument", message, { facts: { path } });
  }
  const { labelSheet } = await import("@caa/scoring");
  const input = await readCellsToScore(options, dependencies);
  const answers = input.flatMap((cell) => cell.answers);
  await writeFileAtomic(path, labelSheet(answers, options.seed));
  dependencies.stderr.write(
    "fill in whole numbers from 0 to 10 in the column score; lines may stay empty\n",
  );
  return file;
}
