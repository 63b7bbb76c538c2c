import { CaaError, createRandom } from "@caa/core";
import { hashRequest } from "../cache/reply-cache.ts";
import type { JudgedAnswer } from "./judged-answer.ts";
import { buildPrompt, type Prompt, PROMPT_VERSION } from "./prompt.ts";

/** More characters than any answer of a run has that a judge can read at once. */
export const MAX_JUDGED_LENGTH = 100_000;
/** Repeats beyond this say nothing new. */
const MAX_REPEATS = 100;

export interface PlanOptions {
  readonly judge: { readonly name: string; readonly baseUrl: string; readonly maxTokens: number };
  readonly answers: readonly JudgedAnswer[];
  /** By behavior. */
  readonly rubrics: ReadonlyMap<string, string>;
  /** How often each answer is judged. @default 1 */
  readonly repeats?: number | undefined;
  /** Of the order and of the marks. @default 0 */
  readonly seed?: number | undefined;
}

/** One request, and who waits for its reply: answers with the same words are judged once. */
export interface PlannedRequest {
  readonly hash: string;
  readonly repeat: number;
  readonly prompt: Prompt;
  readonly answers: readonly JudgedAnswer[];
}

export interface RequestPlan {
  readonly requests: readonly PlannedRequest[];
  /** Not asked about. */
  readonly empty: readonly JudgedAnswer[];
  readonly tooLong: readonly JudgedAnswer[];
}

/**
 * The requests that judge all answers, in an order shuffled by the seed, so that neither behavior nor multiplier nor
 * repeat goes with the time at which a judge is asked.
 * @throws {CaaError} empty-selection; invalid-argument for a behavior without a rubric, for two answers of one id
 */
export function planRequests(options: PlanOptions): RequestPlan {
  const { judge, answers, rubrics, repeats = 1, seed = 0 } = options;
  if (answers.length === 0) {
    throw new CaaError("empty-selection", "judge: expected answers, got none");
  }
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > MAX_REPEATS) {
    const message = `judge: expected 1 to ${MAX_REPEATS} repeats, got ${repeats}`;
    throw new CaaError("invalid-argument", message);
  }
  checkIds(answers);
  const empty = answers.filter(({ answer }) => answer.trim() === "");
  const tooLong = answers.filter(
    ({ question, answer }) => question.length + answer.length > MAX_JUDGED_LENGTH,
  );
  const skipped = new Set([...empty, ...tooLong]);
  const requests = new Map<string, PlannedRequest & { readonly answers: JudgedAnswer[] }>();
  for (const answer of answers) {
    if (skipped.has(answer)) {
      continue;
    }
    const rubric = rubrics.get(answer.behavior);
    if (rubric === undefined || rubric.trim() === "") {
      const message = `judge: expected a rubric for ${answer.behavior}, got none`;
      throw new CaaError("invalid-argument", message, { facts: { behavior: answer.behavior } });
    }
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const parts = { rubric, question: answer.question, answer: answer.answer, seed, repeat };
      const { name: model, baseUrl, maxTokens } = judge;
      const key = { model, baseUrl, maxTokens, promptVersion: PROMPT_VERSION, ...parts };
      const hash = hashRequest(key);
      const there = requests.get(hash);
      if (there === undefined) {
        requests.set(hash, { hash, repeat, prompt: buildPrompt(parts), answers: [answer] });
      } else {
        there.answers.push(answer);
      }
    }
  }
  return { requests: createRandom(seed).shuffle([...requests.values()]), empty, tooLong };
}

function checkIds(answers: readonly JudgedAnswer[]): void {
  const seen = new Set<string>();
  for (const { id } of answers) {
    if (seen.has(id)) {
      throw new CaaError("invalid-argument", `judge: expected every id once, got ${id} twice`);
    }
    seen.add(id);
  }
}
