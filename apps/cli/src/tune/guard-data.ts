import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import {
  type AbItem,
  type DataSet,
  type OpenEndedItem,
  readChoiceSet,
  readOpenEndedSet,
} from "@caa/datasets";
import type { TuneOptions } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { findShared } from "../eval/items.ts";
import { readQuestionSets, type SetsOptions } from "../read-sets.ts";

/** What a guard asks the model beside the test items; null for what is not there. */
export type GuardData = Pick<TuneOptions, "harmless" | "openEnded" | "mmlu">;

/**
 * Finds it all before a model is opened.
 * @param asked the set's behavior as it was asked for, which may be a path
 * @throws {CaaError} invalid-data, invalid-file; not-found for `--harmless`
 */
export async function readGuardData(
  set: DataSet<AbItem>,
  asked: string,
  { data, harmless }: SetsOptions & { readonly harmless?: string },
  { cwd }: Pick<CliDependencies, "cwd">,
): Promise<GuardData> {
  const { harmlessQuestions, otherBuiltInQuestions, choiceQuestions } = await import("@caa/eval");
  const { path } = findShared("mmlu", data, cwd);
  return {
    harmless:
      harmless !== undefined
        ? await readOpenEndedSet(resolve(cwd, harmless), { behavior: "harmless" })
        : set.path.startsWith("built-in:")
          ? otherBuiltInQuestions(set.behavior)
          : harmlessQuestions(),
    openEnded: await readOpenEnded(asked, data, cwd),
    mmlu: path === undefined ? null : choiceQuestions(await readChoiceSet(path)),
  };
}

/** The open-ended questions of a behavior, which not every data folder has. */
async function readOpenEnded(
  asked: string,
  data: string | undefined,
  cwd: string,
): Promise<DataSet<OpenEndedItem> | null> {
  const stderr = { write: () => true }; // what is to be said of the folder was said of the test items
  try {
    const folder = data === undefined ? {} : { data };
    const [set] = await readQuestionSets({ ...folder, behaviors: [asked] }, { cwd, stderr });
    return set ?? null;
  } catch (error) {
    if (CaaError.isInstance(error) && error.code === "not-found") {
      return null;
    }
    throw error;
  }
}
