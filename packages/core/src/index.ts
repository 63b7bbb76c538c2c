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
export type { Steering, SteeringOperation, SteeringPositions, SteeringStep } from "./model/steering.ts";
