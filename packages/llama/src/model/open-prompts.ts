import { CaaError } from "@caa/core";
import { readJson } from "../checkpoint/files.ts";
import type { Checkpoint } from "../checkpoint/open-checkpoint.ts";
import { defaultPromptStyle, type PromptFormat, promptStyleName } from "../prompt/prompt-style.ts";
import { openTokenizer, type Tokenizer } from "../tokenizer/tokenizer.ts";
import type { OpenModelOptions } from "./open-model.ts";

/** The largest tokenizers in use take some 30 MB. */
const MAX_TOKENIZER_BYTES = 256 * 1024 * 1024;

/** What turns a user's words into a model's tokens. */
export interface Prompts {
  readonly tokenizer: Tokenizer;
  readonly format: PromptFormat;
  /** The style as results record it. */
  readonly style: string;
}

/** @throws {CaaError} `invalid-file`, `io` */
export async function openPrompts(
  checkpoint: Checkpoint,
  modelId: string,
  { promptStyle, systemPosition }: Pick<OpenModelOptions, "promptStyle" | "systemPosition">,
): Promise<Prompts> {
  const { tokenizerJson, tokenizerConfig, chatTemplate } = checkpoint;
  const tokenizer = await openTokenizer({
    tokenizerJson: await readJsonObject(tokenizerJson),
    tokenizerConfig: {
      ...(tokenizerConfig === null ? {} : await readJsonObject(tokenizerConfig)),
      ...(chatTemplate === null ? {} : { chat_template: chatTemplate }),
    },
  });
  const style =
    promptStyle ?? defaultPromptStyle({ modelId, chatTemplate: tokenizer.chatTemplate });
  const format = { style, ...(systemPosition === undefined ? {} : { systemPosition }) };
  return { tokenizer, format, style: promptStyleName(format) };
}

async function readJsonObject(file: string): Promise<object> {
  const value = await readJson(file, MAX_TOKENIZER_BYTES);
  if (typeof value !== "object" || value === null) {
    throw new CaaError("invalid-file", `${file}: expected a JSON object`);
  }
  return value;
}
