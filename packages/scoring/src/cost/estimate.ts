import type { ReplyCache } from "../cache/reply-cache.ts";
import { planRequests, type PlanOptions } from "../judge/plan-requests.ts";

/** Tokenizers of chat models write about four bytes of English as one token, fewer of other scripts and of code. */
const BYTES_PER_TOKEN = 4;
/** Roles and ends of two messages. */
const TOKENS_AROUND = 10;
/** The schema of the verdict, which servers count as input. */
const TOKENS_OF_SCHEMA = 40;
/** `{"code": "...", "score": 7}` */
const TOKENS_OF_VERDICT = 18;

export interface Estimate {
  /** Requests in all, without those for answers that are empty or too long. */
  readonly requests: number;
  /** Of them in the cache already. */
  readonly cached: number;
  /** Of the requests still to be made. Rough: within a third for English. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What it will take to judge the answers, without asking anyone. @throws {CaaError} as `planRequests`; io */
export async function estimateRequests(
  options: PlanOptions & { readonly cache?: ReplyCache | undefined },
): Promise<Estimate> {
  const { requests } = planRequests(options);
  let cached = 0;
  let inputTokens = 0;
  for (const { hash, prompt } of requests) {
    if (((await options.cache?.get(hash)) ?? null) !== null) {
      cached += 1;
      continue;
    }
    const bytes = prompt.messages.json.reduce(
      (sum, { content }) => sum + Buffer.byteLength(content, "utf8"),
      0,
    );
    inputTokens += Math.ceil(bytes / BYTES_PER_TOKEN) + TOKENS_AROUND + TOKENS_OF_SCHEMA;
  }
  return {
    requests: requests.length,
    cached,
    inputTokens,
    outputTokens: (requests.length - cached) * TOKENS_OF_VERDICT,
  };
}

/** Prices for a million tokens, in any currency. */
export interface Prices {
  readonly input: number;
  readonly output: number;
}

/** `(input tokens * input price + output tokens * output price) / 1000000` */
export function costOf(
  { inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number },
  prices: Prices,
): number {
  return (inputTokens * prices.input + outputTokens * prices.output) / 1e6;
}
