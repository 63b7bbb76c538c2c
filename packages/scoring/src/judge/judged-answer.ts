import type { Message } from "./prompt.ts";
import type { UnscoredReason } from "./verdict.ts";

/** An answer to be judged. */
export interface JudgedAnswer {
  /** Unique among the answers of a run. */
  readonly id: string;
  readonly behavior: string;
  readonly question: string;
  readonly answer: string;
}

/** One request on one answer, with all that was said. */
export interface Judgment {
  /** From 0. */
  readonly repeat: number;
  /** `failed`: there was no reply; another run asks again. */
  readonly status: "scored" | "unscored" | "failed";
  readonly score: number | null;
  /** Of `unscored`. */
  readonly reason: UnscoredReason | null;
  /** Of `failed`: what went wrong. */
  readonly error: string | null;
  /** What was asked; empty when nothing was. */
  readonly messages: readonly Message[];
  readonly reply: string | null;
  readonly refusal: string | null;
  readonly finish_reason: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  /** The model that answered, as its server names it. */
  readonly answered_by: string | null;
}
