import { CaaError, type ReadText } from "@caa/core";
import { type EncodedPrompt, encodePrompt } from "../prompt/encode-prompt.ts";
import type { LlamaModelParts } from "./llama-model.ts";

/** The tokens of a prompt and an answer that is all there. @throws {CaaError} `context-length`, and as `encodePrompt` */
export function encodeText(
  { tokenizer, format, config }: LlamaModelParts,
  text: ReadText,
): EncodedPrompt {
  const encoded = encodePrompt(tokenizer, format, text);
  const tokens = encoded.ids.length;
  const context = config.max_position_embeddings;
  if (tokens > context) {
    throw new CaaError(
      "context-length",
      `prompt and answer: ${tokens} tokens, the model's context has ${context}`,
      { facts: { tokens, context } },
    );
  }
  return encoded;
}
