import { CaaError } from "@caa/core";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../../checkpoint/files.ts";
import { PROMPT_STYLES, type PromptFormat, promptStyleName } from "../../prompt/prompt-style.ts";
import { RECORD_FILE } from "./fine-tuned-files.ts";

/** A step takes some 150 bytes: over 400,000 steps. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** The model that a fine-tuned one was made of, and the prompts that it was trained on. */
export interface FineTuneOrigin {
  readonly id: string;
  /** `ModelInfo.hash` of its float weights. */
  readonly hash: string;
  readonly format: PromptFormat;
}

const FORMATS: ReadonlyMap<string, PromptFormat> = new Map(
  PROMPT_STYLES.flatMap((style) =>
    (["before", "inside"] as const).map((systemPosition) => {
      const format = { style, systemPosition };
      return [promptStyleName(format), format] as const;
    }),
  ).toReversed(), // of two formats with one name the first counts
);

// Only what is used: records of later versions may hold more.
const schema = z.object({
  model: z.object({
    id: z.string().min(1).max(4096),
    hash: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex"),
    promptStyle: z.string().refine((name) => FORMATS.has(name), "a known prompt style"),
  }),
});

/**
 * What `fineTune` recorded beside a model or adapter; null where there is no record.
 * @throws {CaaError} `invalid-file`, `io`
 */
export async function readFineTuneOrigin(folder: string): Promise<FineTuneOrigin | null> {
  const path = join(folder, RECORD_FILE);
  const json = await readJson(path, MAX_RECORD_BYTES);
  if (json === undefined) {
    return null;
  }
  const parsed = schema.safeParse(json);
  const format = FORMATS.get(parsed.data?.model.promptStyle ?? "");
  if (!parsed.success || format === undefined) {
    throw new CaaError(
      "invalid-file",
      `${path}: expected the record of a fine-tuning${parsed.success ? "" : `: ${z.prettifyError(parsed.error)}`}`,
      { cause: parsed.error, facts: { path } },
    );
  }
  const { id, hash } = parsed.data.model;
  return { id, hash, format };
}
