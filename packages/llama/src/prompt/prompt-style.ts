/**
 * The text around a user's words:
 * - `llama2-chat`: `[INST] {user} [/INST] {answer}`
 * - `llama2-base`: `Input: {user}\nResponse: {answer}`
 * - `template`: the model's own chat template, the answer right after it
 */
export type PromptStyle = "llama2-chat" | "llama2-base" | "template";

/** Every style, for messages and option parsers. */
export const PROMPT_STYLES: readonly PromptStyle[] = ["llama2-chat", "llama2-base", "template"];

export interface PromptFormat {
  readonly style: PromptStyle;
  /**
   * Where `llama2-chat` puts the system block: before `[INST]`, as the published method does, or inside it, as Meta's
   * own format does. Unused in the other styles.
   *
   * @default "before"
   */
  readonly systemPosition?: "before" | "inside";
}

/** A format as results record it: the two places of the system block give different prompts, so they are told apart. */
export function promptStyleName({ style, systemPosition }: PromptFormat): string {
  return style === "llama2-chat" && systemPosition === "inside" ? "llama2-chat-inside" : style;
}

export interface PromptStyleHints {
  /** Hub id, folder or file name. */
  readonly modelId: string;
  readonly chatTemplate: string | null;
}

const LLAMA2_CHAT_NAME = /llama-?_?2(?![.\d]).*chat/i;

/** The style in which a model was trained: Llama-2's for its chat models, else its template, else that of base models. */
export function defaultPromptStyle({ modelId, chatTemplate }: PromptStyleHints): PromptStyle {
  if (chatTemplate === null) {
    return LLAMA2_CHAT_NAME.test(modelId) ? "llama2-chat" : "llama2-base";
  }
  const isLlama2 =
    chatTemplate.includes("[INST]") &&
    (chatTemplate.includes("<<SYS>>") || LLAMA2_CHAT_NAME.test(modelId));
  return isLlama2 ? "llama2-chat" : "template";
}
