import { CaaError } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import { z } from "zod";
import type { Judgment } from "../judge/judged-answer.ts";
import type { ScoreSummary } from "../summary/summarize.ts";

/** Version of the format of a file of scores. */
export const SCORES_VERSION = 1;

/** Rows hold whole transcripts: 1,000 answers, judged ten times, have about 30 MB. */
const MAX_SCORES_BYTES = 512 * 1024 * 1024;

/** Who judged, and how it was asked. */
export interface JudgeRecord {
  readonly model: string;
  readonly base_url: string;
  readonly max_tokens: number;
  readonly repeats: number;
}

/** An answer with its scores and all that was said on it. */
export interface ScoredRow {
  readonly question: string;
  readonly model_output: string;
  /** Mean over the repeats of the judge; null when there is none. */
  readonly score: number | null;
  /** Why there is none. */
  readonly unscored: string | null;
  readonly second_score: number | null;
  /** Of a person. */
  readonly label: number | null;
  readonly judgments: readonly Judgment[];
  readonly second_judgments: readonly Judgment[];
}

/** A cell of open-ended answers, judged: what the cell's file holds, and the scores. */
export interface ScoredCell {
  readonly version: typeof SCORES_VERSION;
  /** As in the cell: behavior, layer, multiplier and the rest. */
  readonly settings: Readonly<Record<string, unknown>> & {
    readonly behavior: string;
    readonly layer: number;
    readonly multiplier: number;
  };
  readonly hashes: Readonly<Record<string, string>>;
  readonly judging: {
    readonly judge: JudgeRecord;
    readonly second_judge: JudgeRecord | null;
    readonly rubric: string;
    readonly prompt_version: number;
    readonly seed: number;
    readonly temperature: 0;
  };
  readonly summary: ScoreSummary;
  readonly second_summary: ScoreSummary | null;
  readonly rows: readonly ScoredRow[];
}

const score = z.number().min(0).max(10).nullable();
const interval = z.object({ low: z.number(), high: z.number() }).nullable();
const text = z.string().nullable();
const tokens = z.int().min(0).nullable();

const judgmentSchema = z.object({
  repeat: z.int().min(0),
  status: z.enum(["scored", "unscored", "failed"]),
  score,
  reason: z
    .enum(["unparsable", "off-scale", "refused", "cut-off", "empty-answer", "too-long"])
    .nullable(),
  error: text,
  messages: z.array(z.object({ role: z.enum(["system", "user"]), content: z.string() })),
  reply: text,
  refusal: text,
  finish_reason: text,
  input_tokens: tokens,
  output_tokens: tokens,
  answered_by: text,
});

const summarySchema = z.object({
  n: z.int().min(0),
  mean: score,
  interval,
  t: interval,
  confidence: z.number().gt(0).lt(1),
  seed: z.int(),
  unscored: z.record(z.string(), z.int().min(0)),
  repeats: z.int().min(0),
  judge_sd: z.number().min(0).nullable(),
  judge_standard_error: z.number().min(0).nullable(),
});

const judgeSchema = z.object({
  model: z.string(),
  base_url: z.string(),
  max_tokens: z.int().min(1),
  repeats: z.int().min(1),
});

/** Fields of the cell that are not of the judging are kept as they are. */
export const scoredCellSchema: z.ZodType<ScoredCell> = z.looseObject({
  version: z.literal(SCORES_VERSION),
  settings: z.looseObject({ behavior: z.string(), layer: z.number(), multiplier: z.number() }),
  hashes: z.record(z.string(), z.string()),
  judging: z.object({
    judge: judgeSchema,
    second_judge: judgeSchema.nullable(),
    rubric: z.string(),
    prompt_version: z.int(),
    seed: z.int(),
    temperature: z.literal(0),
  }),
  summary: summarySchema,
  second_summary: summarySchema.nullable(),
  rows: z.array(
    z.looseObject({
      question: z.string(),
      model_output: z.string(),
      score,
      unscored: text,
      second_score: score,
      label: score,
      judgments: z.array(judgmentSchema),
      second_judgments: z.array(judgmentSchema),
    }),
  ),
});

/** A file of scores, checked. @throws {CaaError} not-found, io; invalid-file with what is wrong */
export async function readScoredCell(path: string): Promise<ScoredCell> {
  const bytes = await readFileLimited(path, MAX_SCORES_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const message = `${path}: expected a file of scores, got text that is no JSON`;
    throw new CaaError("invalid-file", message, { cause, facts: { path } });
  }
  const parsed = scoredCellSchema.safeParse(value);
  if (!parsed.success) {
    const reason = z.prettifyError(parsed.error).replaceAll("\n", " ").slice(0, 500);
    throw new CaaError("invalid-file", `${path}: expected a file of scores, got: ${reason}`, {
      facts: { path },
    });
  }
  return parsed.data;
}
