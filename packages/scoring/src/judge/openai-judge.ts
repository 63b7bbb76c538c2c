import { CaaError, throwIfAborted } from "@caa/core";
import { OpenAI } from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import type { AskOptions, JudgeModel, JudgeReply } from "./judge-model.ts";
import { checkBaseUrl } from "./base-url.ts";
import { type Fetch, limitedFetch } from "./limited-fetch.ts";
import type { Prompt, ReplyForm } from "./prompt.ts";
import { redactor } from "./redact.ts";
import { requestError } from "./request-error.ts";
import { ofItsOwn, type Sleep, sleepFor } from "./sleep.ts";

export const OPENAI_URL = "https://api.openai.com/v1";

/** A verdict has about 15 tokens; room for a judge that says a word more. */
const DEFAULT_MAX_TOKENS = 100;
const DEFAULT_ATTEMPTS = 5;
const DEFAULT_TIMEOUT_MS = 120_000;
/** A server that asks for more is better asked again by another run. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;
const MAX_BACKOFF_MS = 16_000;

export interface OpenAiJudgeOptions {
  /** As the server names it. */
  readonly model: string;
  /** @default none is sent, which servers on one's own machine accept */
  readonly apiKey?: string | undefined;
  /** @default OpenAI's */
  readonly baseUrl?: string | undefined;
  /** The most tokens of a reply. @default 100 */
  readonly maxTokens?: number | undefined;
  /** How often a request is tried. @default 5 */
  readonly attempts?: number | undefined;
  /** How long one try may take, in milliseconds. @default 120000 */
  readonly timeoutMs?: number | undefined;
  /** @default the global one */
  readonly fetch?: Fetch | undefined;
  /** Waits between tries. @default a timer */
  readonly sleep?: Sleep | undefined;
}

/** What a server may refuse to know, found out by asking. */
interface Shape {
  readonly form: ReplyForm;
  readonly tokens: "max_tokens" | "max_completion_tokens";
}

const verdictSchema = z.strictObject({
  code: z.string(),
  score: z.literal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
});

const count = z.int().min(0).max(1e9);

const completionSchema = z.object({
  model: z.string().max(1000).catch(""),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().max(100).nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish().catch(null),
});

/**
 * A judge behind a server that speaks OpenAI's chat completions, at temperature 0. The verdict is asked for by a JSON
 * schema; a server that refuses the schema is asked for a line instead, and one that refuses `max_tokens` gets the newer
 * `max_completion_tokens`.
 *
 * A request is tried again when its failure may pass (no connection, a cut, 408, 409, 429, 5xx), after 0.5, 1, 2, 4 ...
 * seconds and never before `Retry-After`, for which all requests of this judge wait. The SDK's own retries are off: its
 * waits cannot be stopped and have no bound, and a body that is cut is not tried again.
 * @throws {CaaError} invalid-argument
 */
export function createOpenAiJudge(options: OpenAiJudgeOptions): JudgeModel {
  return new OpenAiJudge(options);
}

class OpenAiJudge implements JudgeModel {
  readonly name: string;
  readonly baseUrl: string;
  readonly maxTokens: number;
  readonly #client: OpenAI;
  readonly #attempts: number;
  readonly #sleep: Sleep;
  readonly #redact: (text: string) => string;
  #shape: Shape = { form: "json", tokens: "max_tokens" };
  /** Over when the server may be asked again. */
  #pause: Promise<unknown> = Promise.resolve();

  constructor({
    model,
    apiKey,
    baseUrl = OPENAI_URL,
    maxTokens = DEFAULT_MAX_TOKENS,
    attempts = DEFAULT_ATTEMPTS,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    fetch: send = fetch,
    sleep = sleepFor,
  }: OpenAiJudgeOptions) {
    if (model.trim() === "") {
      throw new CaaError("invalid-argument", "judge: expected the name of a model, got none");
    }
    this.name = model;
    this.baseUrl = checkBaseUrl(baseUrl);
    this.maxTokens = checkCount("maxTokens", maxTokens);
    this.#attempts = checkCount("attempts", attempts);
    this.#sleep = sleep;
    this.#redact = redactor(apiKey);
    // Everything that the SDK would else take from the environment is given here.
    this.#client = new OpenAI({
      apiKey: apiKey ?? "none",
      ...(apiKey === undefined ? { defaultHeaders: { Authorization: null } } : {}),
      baseURL: this.baseUrl,
      organization: null,
      project: null,
      maxRetries: 0,
      timeout: checkCount("timeoutMs", timeoutMs),
      logLevel: "off",
      fetch: limitedFetch(send),
      fetchOptions: { redirect: "error" },
    });
  }

  async ask(prompt: Prompt, options: AskOptions = {}): Promise<JudgeReply> {
    let shape = this.#shape;
    let first: unknown;
    for (;;) {
      try {
        const reply = await this.#askPatiently(prompt, shape, options);
        this.#shape = shape;
        return reply;
      } catch (error) {
        first ??= error;
        const next = simplerShape(shape, error);
        if (next === null) {
          throw first;
        }
        shape = next;
      }
    }
  }

  async #askPatiently(prompt: Prompt, shape: Shape, options: AskOptions): Promise<JudgeReply> {
    for (let attempt = 1; ; attempt += 1) {
      for (let pause: unknown; pause !== this.#pause;) {
        pause = this.#pause; // may grow while it is waited for
        await pause;
      }
      throwIfStopped(options);
      try {
        return await this.#askOnce(prompt, shape, options.cut);
      } catch (cause) {
        throwIfStopped(options);
        const error = requestError(cause, this, this.#redact);
        if (error.facts["passing"] !== true || attempt >= this.#attempts) {
          throw error;
        }
        await this.#waitFor(error, attempt, options);
      }
    }
  }

  async #waitFor(error: CaaError, attempt: number, options: AskOptions): Promise<void> {
    const asked = error.facts["retryAfterMs"];
    const milliseconds = typeof asked === "number" ? asked : 0;
    if (milliseconds > MAX_RETRY_AFTER_MS) {
      const message = `${error.message}; it asks to wait ${Math.ceil(milliseconds / 1000)} s: run again then`;
      throw new CaaError("request-failed", message, { facts: { ...error.facts, fatal: true } });
    }
    const backoff = Math.min(MAX_BACKOFF_MS, 500 * 2 ** (attempt - 1));
    const wake = this.#sleep(Math.max(backoff, milliseconds), options.stop ?? options.cut);
    const woken = wake.catch(() => throwIfStopped(options)); // a wait ends early when its caller stops
    if (milliseconds > 0) {
      this.#pause = Promise.all([this.#pause, woken.catch(() => undefined)]);
    }
    await woken;
  }

  async #askOnce(
    prompt: Prompt,
    { form, tokens }: Shape,
    cut: AbortSignal | undefined,
  ): Promise<JudgeReply> {
    const answer: unknown = await this.#client.chat.completions.create(
      {
        model: this.name,
        messages: prompt.messages[form].map(({ role, content }) => ({ role, content })),
        temperature: 0,
        [tokens]: this.maxTokens,
        ...(form === "json"
          ? { response_format: zodResponseFormat(verdictSchema, "verdict") }
          : {}),
      },
      cut === undefined ? {} : { signal: ofItsOwn(cut) },
    );
    const parsed = completionSchema.safeParse(answer);
    if (!parsed.success) {
      const reason = z.prettifyError(parsed.error).replaceAll("\n", " ").slice(0, 200);
      throw new Error(`an answer of another shape (${reason})`);
    }
    const { choices, usage, model } = parsed.data;
    const choice = choices[0];
    const text = (value: string | null | undefined): string | null =>
      value === null || value === undefined ? null : this.#redact(value);
    return {
      content: text(choice?.message.content),
      refusal: text(choice?.message.refusal),
      finishReason: choice?.finish_reason ?? null,
      inputTokens: usage?.prompt_tokens ?? null,
      outputTokens: usage?.completion_tokens ?? null,
      model: this.#redact(model),
      form,
    };
  }
}

function throwIfStopped({ stop, cut }: AskOptions): void {
  throwIfAborted(stop);
  throwIfAborted(cut);
}

/** What is left to try when a server refuses how it was asked; null when that is not what it refused. */
function simplerShape(shape: Shape, error: unknown): Shape | null {
  if (!CaaError.isInstance(error) || error.code !== "request-failed") {
    return null;
  }
  const { status, filtered } = error.facts;
  if ((status !== 400 && status !== 422 && status !== 501) || filtered === true) {
    return null;
  }
  if (shape.tokens === "max_tokens" && error.message.includes("max_completion_tokens")) {
    return { ...shape, tokens: "max_completion_tokens" };
  }
  return shape.form === "json" ? { ...shape, form: "line" } : null;
}

function checkCount(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    const message = `judge: expected ${what} as a whole number from 1 on, got ${value}`;
    throw new CaaError("invalid-argument", message);
  }
  return value;
}
