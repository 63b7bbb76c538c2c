import { CaaError, throwIfAborted } from "@caa/core";
import { MemoryCache, type ReplyCache } from "../cache/reply-cache.ts";
import type { JudgedAnswer, Judgment } from "./judged-answer.ts";
import type { AskOptions, JudgeModel, JudgeReply } from "./judge-model.ts";
import { failedJudgment, judgmentOf, notAsked } from "./judgment.ts";
import { type PlannedRequest, planRequests, type PlanOptions } from "./plan-requests.ts";
import type { Prompt } from "./prompt.ts";
import { type Sleep, sleepFor } from "./sleep.ts";

const DEFAULT_CONCURRENCY = 4;
const MAX_CONCURRENCY = 256;
/** A server that fails so often in a row is down; going on would cost minutes of waiting and change nothing. */
const MAX_FAILURES_IN_A_ROW = 8;
/** How long requests that are under way may still take after a stop: they are paid for already. */
const GRACE_MS = 15_000;

export interface JudgeAnswersOptions extends PlanOptions {
  readonly judge: JudgeModel;
  /** Where replies are kept. @default in memory */
  readonly cache?: ReplyCache | undefined;
  /** Requests at once. @default 4 */
  readonly concurrency?: number | undefined;
  /** No new request, no further try and no wait after it fires; those under way have 15 seconds to end, and their replies are kept. */
  readonly signal?: AbortSignal | undefined;
  /** Waits for those 15 seconds. @default a timer */
  readonly sleep?: Sleep | undefined;
  readonly onProgress?: ((progress: JudgeProgress) => void) | undefined;
}

export interface JudgeProgress {
  readonly done: number;
  readonly total: number;
}

/** Requests and tokens of a run. */
export interface JudgeUsage {
  /** Replies that came. */
  readonly requests: number;
  /** Replies that were in the cache. */
  readonly cached: number;
  readonly failed: number;
  /** Of the replies that came, as the server counts. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Replies whose tokens the server did not tell. */
  readonly uncounted: number;
}

export interface JudgeRun {
  /** By the id of the answer, in the order of the repeats. */
  readonly judgments: ReadonlyMap<string, readonly Judgment[]>;
  readonly usage: JudgeUsage;
}

/**
 * Has a judge score every answer. A request that fails is `failed` and not in the cache; all others are kept and never
 * asked again.
 * @throws {CaaError} as `planRequests`; aborted; access-denied, not-found and request-failed when no request can succeed
 *   or too many fail in a row: what came before is in the cache
 */
export async function judgeAnswers(options: JudgeAnswersOptions): Promise<JudgeRun> {
  const { judge, concurrency = DEFAULT_CONCURRENCY, cache = new MemoryCache() } = options;
  const { signal, onProgress } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY) {
    const message = `judge: expected 1 to ${MAX_CONCURRENCY} requests at once, got ${concurrency}`;
    throw new CaaError("invalid-argument", message);
  }
  const plan = planRequests(options);
  const judgments = new Map<string, Judgment[]>();
  const add = (answers: readonly JudgedAnswer[], judgment: Judgment): void => {
    for (const { id } of answers) {
      judgments.set(id, [...(judgments.get(id) ?? []), judgment]);
    }
  };
  add(plan.empty, notAsked("empty-answer"));
  add(plan.tooLong, notAsked("too-long"));

  const usage = {
    requests: 0,
    cached: 0,
    failed: 0,
    inputTokens: 0,
    outputTokens: 0,
    uncounted: 0,
  };
  const state: { failuresInARow: number; fatal: { readonly error: unknown } | null; done: number } =
    { failuresInARow: 0, fatal: null, done: 0 };
  using grace = graceful(options);

  const replyTo = async ({ hash, prompt }: PlannedRequest): Promise<JudgeReply> => {
    const kept = await cache.get(hash);
    if (kept !== null) {
      usage.cached += 1;
      return kept;
    }
    const reply = await askOrFiltered(judge, prompt, { stop: signal, cut: grace.signal });
    state.failuresInARow = 0;
    usage.requests += 1;
    usage.inputTokens += reply.inputTokens ?? 0;
    usage.outputTokens += reply.outputTokens ?? 0;
    usage.uncounted += reply.inputTokens === null || reply.outputTokens === null ? 1 : 0;
    await cache.put(hash, reply);
    return reply;
  };
  const judgeOne = async (request: PlannedRequest): Promise<Judgment> => {
    try {
      return judgmentOf(request, await replyTo(request));
    } catch (error) {
      if (!isPassable(error)) {
        throw error;
      }
      usage.failed += 1;
      state.failuresInARow += 1;
      if (state.failuresInARow >= MAX_FAILURES_IN_A_ROW) {
        const message = `${error.message}; ${state.failuresInARow} requests failed in a row`;
        throw new CaaError("request-failed", message, {
          cause: error,
          facts: { ...error.facts, fatal: true },
        });
      }
      return failedJudgment(request, error);
    }
  };
  const queue = plan.requests.values();
  const work = async (): Promise<void> => {
    for (const request of queue) {
      if (state.fatal !== null || signal?.aborted === true) {
        return;
      }
      try {
        add(request.answers, await judgeOne(request));
      } catch (error) {
        state.fatal ??= { error };
        return;
      }
      state.done += 1;
      onProgress?.({ done: state.done, total: plan.requests.length });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  throwIfAborted(signal);
  if (state.fatal !== null) {
    throw state.fatal.error;
  }
  for (const list of judgments.values()) {
    list.sort((a, b) => a.repeat - b.repeat);
  }
  return { judgments, usage };
}

/** Whether the run may go on after this failure. */
function isPassable(error: unknown): error is CaaError {
  return (
    CaaError.isInstance(error) && error.code === "request-failed" && error.facts["fatal"] !== true
  );
}

/** What a filter of the server refuses is an answer of the judge, not a failure: another try would end the same. */
async function askOrFiltered(
  judge: JudgeModel,
  prompt: Prompt,
  options: AskOptions,
): Promise<JudgeReply> {
  try {
    return await judge.ask(prompt, options);
  } catch (error) {
    if (!CaaError.isInstance(error) || error.facts["filtered"] !== true) {
      throw error;
    }
    return {
      content: null,
      refusal: error.message,
      finishReason: "content_filter",
      inputTokens: null,
      outputTokens: null,
      model: judge.name,
      form: "json",
    };
  }
}

interface GracefulStop extends Disposable {
  /** Fires a while after the caller's own. */
  readonly signal: AbortSignal;
}

function graceful({ signal, sleep = sleepFor }: JudgeAnswersOptions): GracefulStop {
  const hard = new AbortController();
  const over = new AbortController();
  const onAbort = (): void => {
    // A run that is over before wakes the sleeper, and then there is nothing left to stop.
    sleep(GRACE_MS, over.signal).then(
      () => hard.abort(),
      () => undefined,
    );
  };
  if (signal?.aborted === true) {
    onAbort();
  } else {
    signal?.addEventListener("abort", onAbort, { once: true });
  }
  return {
    signal: hard.signal,
    [Symbol.dispose]: () => {
      signal?.removeEventListener("abort", onAbort);
      over.abort();
    },
  };
}
