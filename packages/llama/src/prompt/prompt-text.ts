import { CaaError } from "@caa/core";
import type { ChatMessage, Tokenizer } from "../tokenizer/tokenizer.ts";
import type { PromptFormat } from "./prompt-style.ts";

export interface PromptParts {
  /** Trimmed. */
  readonly user: string;
  /** Taken as it is; empty is none. In `template`, none means the template's own. */
  readonly system?: string;
  /** What the model has answered so far, trimmed; empty is none. */
  readonly answer?: string;
}

/** A prompt as text, cut where the instruction ends. */
export interface FormattedPrompt {
  /** Up to the last character of the end-of-instruction marker, that included. */
  readonly instruction: string;
  /** What follows: the answer with the blank before it, or nothing. */
  readonly answer: string;
  /** The end of `instruction` that we wrote ourselves, such as `[/INST]`. */
  readonly marker: string;
}

/**
 * Puts the parts into the format.
 *
 * @throws {CaaError} `unsupported` when the template refuses or drops the user's text or the system prompt
 */
export function formatPrompt(
  template: Pick<Tokenizer, "applyChatTemplate">,
  format: PromptFormat,
  parts: PromptParts,
): FormattedPrompt {
  const user = parts.user.trim();
  const system = parts.system ?? "";
  const answer = (parts.answer ?? "").trim();
  const spaced = answer === "" ? "" : ` ${answer}`;

  switch (format.style) {
    case "llama2-chat": {
      const block = system === "" ? "" : `<<SYS>>\n${system}\n<</SYS>>\n\n`;
      const instruction =
        format.systemPosition === "inside"
          ? `[INST] ${block}${user} [/INST]`
          : `${block}[INST] ${user} [/INST]`;
      return { instruction, answer: spaced, marker: "[/INST]" };
    }
    case "llama2-base": {
      const head = system === "" ? "" : `${system}\n`;
      return {
        instruction: `${head}Input: ${user}\nResponse:`,
        answer: spaced,
        marker: "\nResponse:",
      };
    }
    case "template": {
      const messages: ChatMessage[] = [{ role: "user", content: user }];
      if (system !== "") {
        messages.unshift({ role: "system", content: system });
      }
      const instruction = template.applyChatTemplate(messages, { addGenerationPrompt: true });
      for (const { role, content } of messages) {
        if (!instruction.includes(content.trim())) {
          throw new CaaError(
            "unsupported",
            `chat template: it must print the ${role} message, it leaves it out`,
            {
              facts: { role },
            },
          );
        }
      }
      return { instruction, answer, marker: instruction.slice(-1) };
    }
  }
}
