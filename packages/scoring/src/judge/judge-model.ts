import type { Prompt, ReplyForm } from "./prompt.ts";

/** What a judge said, before anything is read into it. */
export interface JudgeReply {
  readonly content: string | null;
  /** What the server marks as a refusal. */
  readonly refusal: string | null;
  /** Why the reply ended, in the server's words: `stop`, `length`, `content_filter`. */
  readonly finishReason: string | null;
  /** Tokens as the server counts them; null when it does not say. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** The model that answered, as the server names it. */
  readonly model: string;
  /** In which form the verdict was asked for. */
  readonly form: ReplyForm;
}

/** How a caller stops a judge. */
export interface AskOptions {
  /** No further try and no wait once it fires; a request that is under way may end. */
  readonly stop?: AbortSignal | undefined;
  /** Cuts the request that is under way too. */
  readonly cut?: AbortSignal | undefined;
}

/** A language model that judges. Tests may give their own. */
export interface JudgeModel {
  readonly name: string;
  /** Where it is asked; a part of the cache's key, never with a secret in it. */
  readonly baseUrl: string;
  /** The most tokens of a reply. */
  readonly maxTokens: number;
  /**
   * Asks once, with all the retries that the failure of a server deserves.
   * @throws {CaaError} request-failed; with the fact `fatal` when every other request would fail too (also access-denied,
   *   not-found); aborted
   */
  ask(prompt: Prompt, options?: AskOptions): Promise<JudgeReply>;
}
