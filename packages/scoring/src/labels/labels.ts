import { createHash } from "node:crypto";
import { CaaError, createRandom } from "@caa/core";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import type { JudgedAnswer } from "../judge/judged-answer.ts";
import { isScore } from "../judge/verdict.ts";

/** Longer than a question and an answer that a judge is asked about. */
const MAX_RECORD = 1_000_000;
/** More than a person labels. */
const MAX_LABELS = 1_000_000;

/** The id of an answer in a sheet of labels: what it says decides, so that labels hold for every run with these words. */
export function labelId({
  behavior,
  question,
  answer,
}: Pick<JudgedAnswer, "behavior" | "question" | "answer">): string {
  return createHash("sha256")
    .update(JSON.stringify([behavior, question, answer]), "utf8")
    .digest("hex")
    .slice(0, 16);
}

/**
 * A sheet for a person to score answers by hand, as CSV: id, behavior, question, answer and an empty score, in an order
 * shuffled by the seed and without a word on model or multiplier. A cell that a spreadsheet would run as a formula gets
 * a `'` before it.
 */
export function labelSheet(answers: readonly JudgedAnswer[], seed = 0): string {
  const rows = new Map(answers.map((answer) => [labelId(answer), answer]));
  const lines = createRandom(seed)
    .shuffle([...rows])
    .map(([id, { behavior, question, answer }]) => [id, behavior, question, answer, ""]);
  return [["id", "behavior", "question", "answer", "score"], ...lines]
    .map((line) => `${line.map(toCell).join(",")}\r\n`)
    .join("");
}

function toCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const recordSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/, "expected the id of a sheet of labels"),
  score: z.string(),
});

/**
 * The scores of a sheet of labels, by id; lines without a score are left out. `name` is for messages.
 * @throws {CaaError} invalid-file for what is no CSV; invalid-data with the line for what is no label, empty-selection
 *   without scores
 */
export function readLabels(text: string, name: string): ReadonlyMap<string, number> {
  const labels = new Map<string, number>();
  for (const { record, line } of records(text, name)) {
    const bad = (expected: string, got: string): CaaError =>
      new CaaError("invalid-data", `${name}, line ${line}: expected ${expected}, got ${got}`, {
        facts: { path: name, line },
      });
    const parsed = recordSchema.safeParse(record);
    if (!parsed.success) {
      throw bad("columns id and score as a sheet of labels has them", "another line");
    }
    const { id, score } = parsed.data;
    if (score.trim() === "") {
      continue;
    }
    const value = Number(score);
    if (!isScore(value)) {
      throw bad("a whole number from 0 to 10", JSON.stringify(score.slice(0, 40)));
    }
    if (labels.has(id) && labels.get(id) !== value) {
      throw bad("one score for an answer", "two that differ");
    }
    labels.set(id, value);
  }
  if (labels.size === 0) {
    throw new CaaError("empty-selection", `${name}: expected at least one score, got none`);
  }
  return labels;
}

interface CsvRecord {
  readonly record: unknown;
  readonly line: number;
}

const rowSchema = z.object({ record: z.unknown(), info: z.object({ lines: z.number() }) });

function records(text: string, name: string): readonly CsvRecord[] {
  let rows: readonly unknown[];
  try {
    rows = parse(text, {
      bom: true,
      columns: (header: readonly string[]) => header.map((title) => title.trim().toLowerCase()),
      info: true,
      max_record_size: MAX_RECORD,
      skip_empty_lines: true,
      to: MAX_LABELS,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CaaError("invalid-file", `${name}: expected CSV, got: ${reason.slice(0, 300)}`, {
      cause,
      facts: { path: name },
    });
  }
  return rows.flatMap((row) => {
    const parsed = rowSchema.safeParse(row);
    return parsed.success ? [{ record: parsed.data.record, line: parsed.data.info.lines }] : [];
  });
}
