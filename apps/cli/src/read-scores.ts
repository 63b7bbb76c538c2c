import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CaaError } from "@caa/core";
import type { ScoredCell } from "@caa/scoring";

/** Folder of judged answers, in that of results. */
const SCORES = "open_ended_scores";

/** All judged answers in a folder of results, by path; none when nothing was judged. @throws {CaaError} invalid-file, io */
export async function readScores(results: string): Promise<readonly ScoredCell[]> {
  const { readScoredCell } = await import("@caa/scoring");
  const dir = join(results, SCORES);
  const names = await readdir(dir, { recursive: true }).catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      return [];
    }
    throw new CaaError("io", `${dir}: expected a readable folder, got: ${String(cause)}`, {
      cause,
    });
  });
  const cells: ScoredCell[] = [];
  for (const name of names.filter((one) => one.endsWith(".json")).sort()) {
    if (!name.split(/[\\/]/).some((part) => part.startsWith("."))) {
      cells.push(await readScoredCell(join(dir, name)));
    }
  }
  return cells;
}
