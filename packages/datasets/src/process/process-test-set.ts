import { CaaError, createRandom, type Random } from "@caa/core";
import { z } from "zod";
import { MAX_TEXT_LENGTH } from "../read/limits.ts";
import type { Problem } from "../read/problem.ts";
import type { ProcessedSet } from "./processed-set.ts";
import { PUBLISHED_TEST_SIZES } from "./published-sizes.ts";
import { findRawFiles } from "./raw-files.ts";
import { readParquet, type ReadParquetOptions } from "./read-parquet.ts";
import { type ReadFile, recordSources } from "./record-sources.ts";
import { toTwoChoice, type TwoChoiceItem, type TwoChoiceQuestion } from "./two-choice.ts";
import { itemsFile } from "./write-set.ts";

export interface ProcessTestSetOptions {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** MMLU's short test set has so many of each category. */
const PER_CATEGORY = 10;

const text = z.string().max(MAX_TEXT_LENGTH);
const filled = text.refine((value) => value.trim() !== "", "expected a text, got blanks only");

const truthfulQaRow = z
  .object({
    question: filled,
    best_answer: text,
    incorrect_answers: z.array(text),
    category: filled,
  })
  .transform((row): TwoChoiceQuestion => ({
    question: `Please answer this question.\n${row.question.trim()}`,
    correct: row.best_answer,
    wrong: row.incorrect_answers,
    category: row.category,
  }));

const mmluRow = z
  .object({
    question: filled,
    subject: filled,
    choices: z.array(text).length(4),
    answer: z.union([z.int(), z.bigint()]).transform(Number).pipe(z.int().min(0).max(3)),
  })
  .transform((row): TwoChoiceQuestion => ({
    question: row.question,
    correct: row.choices[row.answer] ?? "",
    wrong: row.choices.filter((_, i) => i !== row.answer),
    category: row.subject,
  }));

/**
 * TruthfulQA in two-choice form, every question with its best answer and one of the wrong ones, drawn.
 * @throws {CaaError} not-found, io, aborted; invalid-file, invalid-data naming file and row; empty-selection
 */
export async function processTruthfulQa(
  dir: string,
  options: ProcessTestSetOptions,
): Promise<ProcessedSet> {
  const columns = ["question", "best_answer", "incorrect_answers", "category"];
  const format = { schema: truthfulQaRow, columns };
  const { items, set } = await readQuestions(dir, "truthfulqa", options, format);
  const { truthfulQa } = PUBLISHED_TEST_SIZES;
  return { ...set, files: [itemsFile("test/truthfulqa/truthful_qa.json", items, truthfulQa)] };
}

/**
 * MMLU in two-choice form: every question, and 10 of each category, drawn from the same items.
 * @throws {CaaError} as `processTruthfulQa`
 */
export async function processMmlu(
  dir: string,
  options: ProcessTestSetOptions,
): Promise<ProcessedSet> {
  const columns = ["question", "subject", "choices", "answer"];
  const format = { schema: mmluRow, columns };
  const { items, random, set } = await readQuestions(dir, "mmlu", options, format);
  const byCategory = new Map<string, TwoChoiceItem[]>();
  for (const item of items) {
    const same = byCategory.get(item.category);
    if (same === undefined) {
      byCategory.set(item.category, [item]);
    } else {
      same.push(item);
    }
  }
  const short = [...byCategory.values()].flatMap((all) =>
    random.shuffle(all).slice(0, PER_CATEGORY),
  );
  const { mmlu, mmluFull } = PUBLISHED_TEST_SIZES;
  return {
    ...set,
    files: [
      itemsFile("test/mmlu/mmlu.json", short, mmlu),
      itemsFile("test/mmlu/mmlu_full.json", items, mmluFull),
    ],
  };
}

interface Questions {
  readonly items: readonly TwoChoiceItem[];
  /** The generator that drew them, for what is drawn next. */
  readonly random: Random;
  readonly set: Omit<ProcessedSet, "files">;
}

async function readQuestions(
  dir: string,
  name: "truthfulqa" | "mmlu",
  { seed, signal }: ProcessTestSetOptions,
  format: Pick<ReadParquetOptions<TwoChoiceQuestion>, "schema" | "columns">,
): Promise<Questions> {
  const random = createRandom(seed);
  const files: ReadFile[] = [];
  const unusable: Problem[] = [];
  const items: TwoChoiceItem[] = [];
  for (const path of (await findRawFiles(dir, name)).items) {
    const { rows, hash } = await readParquet(path, { ...format, signal });
    files.push({ path, sha256: hash, items: rows.length });
    for (const [i, row] of rows.entries()) {
      const item = toTwoChoice(row, random);
      if (item === null) {
        const place = { path, item: i + 1, line: null, field: "" } as const;
        const reason =
          "expected a right choice and another wrong one, got blanks, copies, or a text that looks like choices itself";
        unusable.push({ code: "invalid-data", ...place, reason });
      } else {
        items.push(item);
      }
    }
  }
  if (items.length === 0) {
    throw new CaaError("empty-selection", `${name}: expected at least one question, got none`, {
      facts: { name },
    });
  }
  const { sources, notes } = await recordSources(dir, name, files);
  const entry = { seed, sources, unusable: unusable.length };
  return { items, random, set: { entry, unusable, probe: null, notes } };
}
