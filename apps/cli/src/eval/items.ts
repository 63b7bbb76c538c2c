import { resolve } from "node:path";
import { existsSync } from "node:fs";
import { CaaError } from "@caa/core";
import {
  type DataSet,
  findBehaviorAt,
  isBehaviorPath,
  nameBehavior,
  type OpenEndedItem,
  readChoiceSet,
} from "@caa/datasets";
import type { CellType, ChoiceQuestion, ChoiceType } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { ORIGINALS } from "../options/originals.ts";
import { readQuestionSets, readSets, type SetsOptions, USUAL_DATA } from "../read-sets.ts";
import { findVectorsOrNull, listVectors, type VectorOwner } from "../vector-files.ts";

/** The items of one test for one behavior, whose vectors steer the model. */
export type EvalItems =
  | { readonly type: ChoiceType; readonly set: DataSet<ChoiceQuestion> }
  | { readonly type: "open_ended"; readonly set: DataSet<OpenEndedItem> };

interface VectorsOptions extends Pick<SetsOptions, "behaviors"> {
  /** Folder of vectors. */
  readonly vectors: string;
  readonly raw?: boolean;
}

/** Tests that ask every behavior the same: their files below a data folder, and how `caa data` names them. */
const SHARED = {
  mmlu: { file: "test/mmlu/mmlu.json", name: "mmlu" },
  truthful_qa: { file: "test/truthfulqa/truthful_qa.json", name: "truthfulqa" },
} as const;

/**
 * The items of a type for each behavior that was asked for.
 * @throws {CaaError} as `readSets`; not-found for MMLU or TruthfulQA that are not there, with the commands that get them
 */
export async function readItems(
  type: CellType,
  options: SetsOptions & { readonly vectors: string },
  outside: Pick<CliDependencies, "cwd" | "stderr">,
): Promise<readonly EvalItems[]> {
  switch (type) {
    case "ab":
      return (await readSets("test-ab", options, outside)).map((set) => ({ type, set }));
    case "open_ended":
      return (await readQuestionSets(options, outside)).map((set) => ({ type, set }));
    case "mmlu":
    case "truthful_qa":
      return await readShared(type, options, outside);
  }
}

/** Where the questions of a shared test are, and the folders that were looked into. */
export function findShared(
  type: keyof typeof SHARED,
  data: string | undefined,
  cwd: string,
): { readonly path: string | undefined; readonly roots: readonly string[] } {
  const roots = data === undefined ? [USUAL_DATA, ORIGINALS] : [data, `${data}/datasets`];
  const paths = roots.map((root) => resolve(cwd, root, SHARED[type].file));
  return { path: paths.find((path) => existsSync(path)), roots };
}

async function readShared(
  type: keyof typeof SHARED,
  { data, behaviors, vectors }: SetsOptions & { readonly vectors: string },
  { cwd }: Pick<CliDependencies, "cwd">,
): Promise<readonly EvalItems[]> {
  const { file, name } = SHARED[type];
  const { path, roots } = findShared(type, data, cwd);
  if (path === undefined) {
    const message = `${roots[0]}/${file}: expected the questions of ${type}, got no such file. Get them: caa data download ${name}, then caa data process ${name}, then --data ${ORIGINALS}`;
    throw new CaaError("not-found", message, { facts: { file, roots } });
  }
  const names = await Promise.all(
    (behaviors ?? [...(await listVectors(resolve(cwd, vectors))).keys()]).map(async (asked) =>
      isBehaviorPath(asked) ? nameBehavior(await findBehaviorAt(resolve(cwd, asked))) : asked,
    ),
  );
  if (names.length === 0) {
    const message = `${vectors}: expected vectors of a behavior, got none. Make them: caa vectors generate --model M --data DIR`;
    throw new CaaError("empty-selection", message);
  }
  const { choiceQuestions } = await import("@caa/eval");
  const questions = choiceQuestions(await readChoiceSet(path));
  return names.map((behavior) => ({ type, set: { ...questions, behavior } }));
}

/**
 * Of the behaviors that were not asked for by name, those that have vectors of the model; which are left out is said. Where
 * none has, all: the error that follows names one, and the command that makes its vectors.
 */
export async function withVectors<Item extends { readonly set: { readonly behavior: string } }>(
  items: readonly Item[],
  { behaviors, vectors, raw = false }: VectorsOptions,
  owner: VectorOwner,
  { cwd, stderr }: Pick<CliDependencies, "cwd" | "stderr">,
): Promise<readonly Item[]> {
  if (behaviors !== undefined) {
    return items;
  }
  const dir = resolve(cwd, vectors);
  const found = await Promise.all(
    items.map(({ set }) => findVectorsOrNull(dir, set.behavior, owner, raw)),
  );
  const kept = items.filter((_, i) => found[i] !== null);
  if (kept.length === 0) {
    return items;
  }
  const others = items.filter((_, i) => found[i] === null).map(({ set }) => set.behavior);
  if (others.length > 0) {
    stderr.write(
      `note: no vectors of ${others.join(", ")} for ${owner.id} in ${vectors}: left out\n`,
    );
  }
  return kept;
}
