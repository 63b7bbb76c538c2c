export { convertGguf } from "./gguf/convert.ts";
export { SHORT_NAMES } from "./hub/model-id.ts";
export { openModel } from "./model/open-model.ts";
export type { ConversionProgress, ConvertOptions } from "./gguf/convert.ts";
export type { OpenModelOptions, OpenProgress } from "./model/open-model.ts";
export { randomLlamaFolder } from "./model/random-llama.ts";
export { PROMPT_STYLES } from "./prompt/prompt-style.ts";
export type { PromptStyle } from "./prompt/prompt-style.ts";
export type { Device } from "./runtime/device.ts";
