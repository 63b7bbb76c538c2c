import { describe, expect, it } from "vitest";
import { defaultPromptStyle } from "./prompt-style.ts";

const LLAMA2_TEMPLATE =
  "{{ '<<SYS>>\\n' + system }}{{ bos_token + '[INST] ' + content + ' [/INST]' }}";

describe("defaultPromptStyle", () => {
  it.each([
    ["meta-llama/Llama-2-7b-chat-hf", LLAMA2_TEMPLATE, "llama2-chat"],
    ["some-finetune", LLAMA2_TEMPLATE, "llama2-chat"],
    ["llama-2-13b-chat.Q4_K_M.gguf", null, "llama2-chat"],
    ["Llama2-7b-Chat", "{{ '[INST] ' + content + ' [/INST]' }}", "llama2-chat"],
    ["meta-llama/Llama-2-7b-hf", null, "llama2-base"],
    ["someone/llama-2.5-chat", null, "llama2-base"],
    ["mistralai/Mistral-7B-Instruct", "{{ '[INST] ' + content + '[/INST]' }}", "template"],
    ["Qwen/Qwen2.5-0.5B-Instruct", "<|im_start|>{{ content }}", "template"],
  ])("%s", (modelId, chatTemplate, style) => {
    expect(defaultPromptStyle({ modelId, chatTemplate })).toBe(style);
  });
});
