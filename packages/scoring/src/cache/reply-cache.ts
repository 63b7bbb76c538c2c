import { createHash } from "node:crypto";
import { join } from "node:path";
import { CaaError } from "@caa/core";
import { readFileLimited, writeFileAtomic } from "@caa/core/files";
import { z } from "zod";
import type { JudgeReply } from "../judge/judge-model.ts";

/** Version of the format of a cached reply. */
const CACHE_VERSION = 1;
/** A reply is at most as long as the body of its server may be, twice that as JSON. */
const MAX_ENTRY_BYTES = 4 * 1024 * 1024;

/** What tells two requests apart. Everything that may change the reply is here, and no key. */
export interface RequestKey {
  readonly model: string;
  readonly baseUrl: string;
  readonly maxTokens: number;
  readonly promptVersion: number;
  readonly rubric: string;
  readonly question: string;
  readonly answer: string;
  readonly repeat: number;
  readonly seed: number;
}

/** Replies by the hash of their request. */
export interface ReplyCache {
  /** The reply; null when there is none. */
  get(hash: string): Promise<JudgeReply | null>;
  put(hash: string, reply: JudgeReply): Promise<void>;
}

const tokens = z.int().min(0).nullable();
const entrySchema = z.strictObject({
  version: z.literal(CACHE_VERSION),
  hash: z.string(),
  reply: z.strictObject({
    content: z.string().nullable(),
    refusal: z.string().nullable(),
    finishReason: z.string().nullable(),
    inputTokens: tokens,
    outputTokens: tokens,
    model: z.string(),
    form: z.enum(["json", "line"]),
  }),
});

/** SHA-256, hex, of a request. */
export function hashRequest(key: RequestKey): string {
  const { model, baseUrl, maxTokens, promptVersion, rubric, question, answer, repeat, seed } = key;
  return createHash("sha256")
    .update(
      JSON.stringify([
        promptVersion,
        baseUrl,
        model,
        maxTokens,
        rubric,
        question,
        answer,
        repeat,
        seed,
      ]),
      "utf8",
    )
    .digest("hex");
}

/**
 * Replies in a folder, a file each: `DIR/<2 hex>/<64 hex>.json`. A file that is torn, foreign or of another version is no
 * reply: the judge is asked again and the file replaced.
 */
export class FolderCache implements ReplyCache {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  async get(hash: string): Promise<JudgeReply | null> {
    let bytes: Uint8Array;
    try {
      bytes = await readFileLimited(this.#path(hash), MAX_ENTRY_BYTES);
    } catch (error) {
      if (CaaError.isInstance(error) && error.code !== "io") {
        return null;
      }
      throw error;
    }
    const parsed = entrySchema.safeParse(parseJson(bytes));
    return parsed.success && parsed.data.hash === hash ? parsed.data.reply : null;
  }

  async put(hash: string, reply: JudgeReply): Promise<void> {
    const entry = { version: CACHE_VERSION, hash, reply };
    await writeFileAtomic(this.#path(hash), `${JSON.stringify(entry)}\n`);
  }

  #path(hash: string): string {
    return join(this.dir, hash.slice(0, 2), `${hash}.json`);
  }
}

/** Replies in memory, for a run that keeps none. */
export class MemoryCache implements ReplyCache {
  readonly #replies = new Map<string, JudgeReply>();

  get(hash: string): Promise<JudgeReply | null> {
    return Promise.resolve(this.#replies.get(hash) ?? null);
  }

  put(hash: string, reply: JudgeReply): Promise<void> {
    this.#replies.set(hash, reply);
    return Promise.resolve();
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
