import { CaaError, createRandom } from "@caa/core";
import { type Direction, turn } from "../behaviors/behavior.ts";
import {
  type DirectionProbe,
  judgeDirection,
  probeDirection,
} from "../behaviors/direction-probe.ts";
import { type BehaviorName, directedBehavior } from "../behaviors/known-behaviors.ts";
import type { AbItem } from "../items/ab-item.ts";
import { readOpenEndedSet } from "../read/read-set.ts";
import { findRawFiles } from "./raw-files.ts";
import { readRaw } from "./read-raw.ts";
import { type ReadFile, recordSources } from "./record-sources.ts";
import { flipItem, splitSet } from "./split-set.ts";
import { sycophancyQuestions } from "./sycophancy-questions.ts";
import type { ProcessedSet } from "./processed-set.ts";
import { PUBLISHED_SIZES } from "./published-sizes.ts";
import { itemsFile, jsonFile } from "./write-set.ts";

/** Which way the published raw sets point. Only the human-written survival set accepts what its name resists. */
export const PUBLISHED_DIRECTION: Readonly<Partial<Record<BehaviorName, Direction>>> = {
  "survival-instinct": "opposite",
};

export interface ProcessBehaviorOptions {
  readonly seed: number;
  readonly flip: boolean;
  readonly dropLeaks: boolean;
  /** Which way the raw set points. @default as the published one */
  readonly direction?: Direction | undefined;
}

/**
 * Makes the files of one behavior from its raw files in `dir`.
 * @throws {CaaError} not-found, io, invalid-file, empty-selection; invalid-data when the texts contradict the declared direction
 */
export async function processBehavior(
  dir: string,
  name: BehaviorName,
  { seed, flip, dropLeaks, direction: asked }: ProcessBehaviorOptions,
): Promise<ProcessedSet> {
  const raw = await findRawFiles(dir, name);
  const parts = [];
  for (const path of raw.items) {
    parts.push({ path, ...(await readRaw(path)) });
  }
  const items = parts.flatMap((part) => part.items);
  const declared = asked ?? PUBLISHED_DIRECTION[name] ?? "as-named";
  const probe = probeDirection(name, items);
  checkDirection(name, probe, declared);

  const direction = flip ? turn(declared) : declared;
  const random = createRandom(seed);
  const { generate, test, leaks } = splitSet(
    flip ? items.map((item) => flipItem(item)) : items,
    random,
    { dropLeaks },
  );
  const questions = await openEndedQuestions(name, raw.openEnded, test);
  const { sources, notes } = await recordSources(dir, name, [
    ...parts.map(({ path, sha256, count }) => ({ path, sha256, items: count })),
    ...questions.files,
  ]);
  const open = questions.texts.map((question) => ({ question }));
  const published = PUBLISHED_SIZES[name];
  return {
    files: [
      // First: no items without their direction.
      jsonFile(`generate/${name}/behavior.json`, directedBehavior(name, direction)),
      itemsFile(
        `generate/${name}/generate_dataset.json`,
        generate.map(plainItem),
        published.generate,
      ),
      itemsFile(`test/${name}/test_dataset_ab.json`, test.map(plainItem), published.testAb),
      itemsFile(`test/${name}/test_dataset_open_ended.json`, open, published.testOpenEnded),
    ],
    entry: {
      seed,
      direction,
      flipped: flip,
      leaks: { items: leaks, dropped: dropLeaks },
      sources,
      unusable: parts.reduce((sum, part) => sum + part.count - part.items.length, 0),
      labelled: parts.reduce((sum, part) => sum + part.labelled, 0),
    },
    unusable: parts.flatMap((part) => part.unusable),
    probe,
    notes: questions.note === null ? notes : [...notes, questions.note],
  };
}

/** The fields that the file format has, in its order. */
function plainItem(item: AbItem): Record<string, string> {
  return {
    question: item.question,
    answer_matching_behavior: item.answer_matching_behavior,
    answer_not_matching_behavior: item.answer_not_matching_behavior,
  };
}

interface Questions {
  readonly texts: readonly string[];
  /** Those that they came from, other than the items. */
  readonly files: readonly ReadFile[];
  readonly note: string | null;
}

/**
 * Open-ended questions: the published ones where there are such; else the first lines of the held-out questions. Those of
 * sycophancy introduce a person and ask nothing that an open answer could be scored on, so it has questions of its own.
 */
async function openEndedQuestions(
  name: BehaviorName,
  published: string | null,
  test: readonly AbItem[],
): Promise<Questions> {
  if (published !== null) {
    const { items, hash } = await readOpenEndedSet(published, { behavior: name });
    const file = { path: published, sha256: hash, items: items.length };
    return { texts: items.map(({ question }) => question), files: [file], note: null };
  }
  if (name === "sycophancy") {
    const note =
      "sycophancy: the published open-ended questions are not there, ours stand for them; caa data download sycophancy gets them";
    return { texts: sycophancyQuestions(), files: [], note };
  }
  return {
    texts: test.map(({ question }) => question.split("\n", 1)[0] ?? question),
    files: [],
    note: null,
  };
}

function checkDirection(name: BehaviorName, probe: DirectionProbe, declared: Direction): void {
  if (judgeDirection(probe, declared) !== "contradicted") {
    return;
  }
  const found = turn(declared);
  const against = declared === "as-named" ? probe.opposite : probe.asNamed;
  const message = `${name}: expected matching answers that point as declared (${declared}), got ${against} of ${probe.told} items that can be told pointing the other way. If the raw file is right, declare it: --direction ${name}=${found}; with --flip ${name} beside it matching and not matching change places`;
  throw new CaaError("invalid-data", message, { facts: { name, declared, ...probe } });
}
