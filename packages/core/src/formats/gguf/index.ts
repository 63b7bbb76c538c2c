export type { GgufFile } from "./gguf-file.ts";
export { readGgufHeader } from "./header.ts";
export type { GgufHeader, GgufTensor } from "./header.ts";
export { invalidGguf, unsupportedGguf } from "./invalid-gguf.ts";
export {
  optionalBoolean,
  optionalNumber,
  optionalNumbers,
  optionalString,
  optionalStrings,
  requiredNumber,
  requiredString,
  requiredStrings,
} from "./metadata.ts";
export type { GgufMetadata } from "./metadata.ts";
export type { GgufValue } from "./metadata-value.ts";
export { tensorLayouts } from "./tensor-types.ts";
export type { BlockLayout, GgufTensorType } from "./tensor-types.ts";
export { readExactly } from "./window-reader.ts";
