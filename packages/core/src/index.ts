export { CaaError, throwIfAborted } from "./errors/caa-error.ts";
export type { CaaErrorCode } from "./errors/caa-error.ts";
export type {
  ActivationOptions,
  CallOptions,
  ChoicePrompt,
  ChoiceResult,
  ContrastActivation,
  ContrastPrompt,
  ExplainedToken,
  GenerateOptions,
  GenerateRequest,
  Generation,
  ModelInfo,
  PromptText,
  SteerableModel,
  SteeredSpan,
} from "./model/steerable-model.ts";
export { createRandom, randomDirection } from "./random/random.ts";
export type { Random } from "./random/random.ts";
export { encodeSafetensors } from "./safetensors/encode.ts";
export type { FloatTensor } from "./safetensors/encode.ts";
export { MAX_HEADER_BYTES, parseSafetensorsHeader, safetensorsHeaderLength } from "./safetensors/header.ts";
export type { SafetensorsEntry, SafetensorsHeader, SafetensorsType } from "./safetensors/header.ts";
export type { Steering, SteeringOperation, SteeringPositions, SteeringStep } from "./model/steering.ts";
