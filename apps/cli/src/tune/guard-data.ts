import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import { type AbItem, type DataSet, readChoiceSet, readOpenEndedSet } from "@caa/datasets";
import type { TuneOptions } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { findShared } from "../eval/items.ts";
import { readQuestionSets, readSets, type SetsOptions } from "../read-sets.ts";

/** What a tuning reads beside the test items: what a guard asks the model, and contrast pairs; null for what is not there. */
export type GuardData = Pick<TuneOptions, "harmless" | "openEnded" | "mmlu" | "pairs">;

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
  const options = { behaviors: [asked], ...(data === undefined ? {} : { data }) };
  const quiet = { cwd, stderr: { write: () => true } }; // what is to be said of the folder was said of the test items
  return {
    harmless:
      harmless !== undefined
        ? await readOpenEndedSet(resolve(cwd, harmless), { behavior: "harmless" })
        : set.path.startsWith("built-in:")
          ? otherBuiltInQuestions(set.behavior)
          : harmlessQuestions(),
    openEnded: await onlyOf(readQuestionSets(options, quiet)),
    pairs: await onlyOf(readSets("generate", options, quiet)),
    mmlu: path === undefined ? null : choiceQuestions(await readChoiceSet(path)),
  };
}

/** The set of one behavior; null where a data folder does not have it. */
async function onlyOf<Item>(
  sets: Promise<ReadonlyArray<DataSet<Item>>>,
): Promise<DataSet<Item> | null> {
  try {
    return (await sets)[0] ?? null;
  } catch (error) {
    if (CaaError.isInstance(error) && error.code === "not-found") {
      return null;
    }
    throw error;
  }
}
