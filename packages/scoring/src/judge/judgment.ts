import type { CaaError } from "@caa/core";
import type { Judgment } from "./judged-answer.ts";
import type { JudgeReply } from "./judge-model.ts";
import type { PlannedRequest } from "./plan-requests.ts";
import { readVerdict } from "./read-verdict.ts";
import type { UnscoredReason } from "./verdict.ts";

const NOTHING_SAID = {
  messages: [],
  reply: null,
  refusal: null,
  finish_reason: null,
  input_tokens: null,
  output_tokens: null,
  answered_by: null,
} as const;

/** What a reply says, with the reply. */
export function judgmentOf({ repeat, prompt }: PlannedRequest, reply: JudgeReply): Judgment {
  const verdict = readVerdict(reply, prompt.code);
  return {
    repeat,
    status: verdict.status,
    score: verdict.status === "scored" ? verdict.score : null,
    reason: verdict.status === "scored" ? null : verdict.reason,
    error: null,
    messages: prompt.messages[reply.form],
    reply: reply.content,
    refusal: reply.refusal,
    finish_reason: reply.finishReason,
    input_tokens: reply.inputTokens,
    output_tokens: reply.outputTokens,
    answered_by: reply.model,
  };
}

/** A request that had no reply. */
export function failedJudgment({ repeat }: PlannedRequest, error: CaaError): Judgment {
  return {
    ...NOTHING_SAID,
    repeat,
    status: "failed",
    score: null,
    reason: null,
    error: error.message,
  };
}

/** An answer about which no judge is asked. */
export function notAsked(reason: UnscoredReason): Judgment {
  return { ...NOTHING_SAID, repeat: 0, status: "unscored", score: null, reason, error: null };
}
