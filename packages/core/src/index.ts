export { compareVectors } from "./combine/compare-vectors.ts";
export type { LayerDifference, VectorsComparison } from "./combine/compare-vectors.ts";
export { orthogonalize, projectOut } from "./combine/project-out.ts";
export { sumVectors } from "./combine/sum-vectors.ts";
export type { WeightedVectors } from "./combine/sum-vectors.ts";
export { CaaError, throwIfAborted } from "./errors/caa-error.ts";
export type { CaaErrorCode } from "./errors/caa-error.ts";
export { halfFloatTable } from "./floats/half-floats.ts";
export { readBF16, readF16, readF32 } from "./floats/plain-floats.ts";
export { retryAfterMs } from "./hub/retry-after.ts";
export { LENS_PLACES } from "./model/lens.ts";
export type {
  LensCell,
  LensOptions,
  LensPlace,
  LensReading,
  LensToken,
  ReadText,
} from "./model/lens.ts";
export type { Probe, ProbedToken, ProbeScore, TraceOptions } from "./model/probe.ts";
export type {
  ActivationOptions,
  AnsweredPrompt,
  CallOptions,
  ChoicePrompt,
  ChoiceResult,
  ContinuationRequest,
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
  TextComparison,
} from "./model/steerable-model.ts";
export { normalizeAcrossBehaviors } from "./normalization/normalize-across-behaviors.ts";
export type {
  NormalizationRecord,
  NormalizedVectors,
} from "./normalization/normalize-across-behaviors.ts";
export { pca } from "./pca/pca.ts";
export type { Pca, PcaOptions } from "./pca/pca.ts";
export { createRandom, randomDirection } from "./random/random.ts";
export type { Random } from "./random/random.ts";
export { encodeSafetensors } from "./safetensors/encode.ts";
export type { FloatTensor } from "./safetensors/encode.ts";
export {
  MAX_HEADER_BYTES,
  parseSafetensorsHeader,
  safetensorsHeaderLength,
} from "./safetensors/header.ts";
export type { SafetensorsEntry, SafetensorsHeader, SafetensorsType } from "./safetensors/header.ts";
export type {
  Steering,
  SteeringOperation,
  SteeringPositions,
  SteeringStep,
} from "./model/steering.ts";
export { applySteering } from "./steering-plan/apply-steering.ts";
export type { AppliedStep } from "./steering-plan/apply-steering.ts";
export { formatPlanEntry, formatPositions } from "./steering-plan/format-plan.ts";
export { isPlanName, parsePlanEntry } from "./steering-plan/parse-plan.ts";
export { PLAN_DEFAULTS } from "./steering-plan/plan-entry.ts";
export type { PlanEntry } from "./steering-plan/plan-entry.ts";
export { relativeDose } from "./steering-plan/relative-dose.ts";
export { resolvePlan } from "./steering-plan/resolve-plan.ts";
export { steeringChanges } from "./steering-plan/steering-changes.ts";
export type { SteeringChange } from "./steering-plan/steering-changes.ts";
export { steeredSpan } from "./steering-plan/steered-span.ts";
export type { SequenceLayout, SteeredRange } from "./steering-plan/steered-span.ts";
export { SHUFFLE_COUNT, VectorAccumulator } from "./steering-vectors/accumulate.ts";
export type { VectorAccumulatorOptions, VectorOrigin } from "./steering-vectors/accumulate.ts";
export { checkCompatible, UNKNOWN_MODEL_HASH } from "./steering-vectors/check-compatible.ts";
export type { CheckCompatibleOptions, Compatibility } from "./steering-vectors/check-compatible.ts";
export { decodeSteeringVectors, encodeSteeringVectors } from "./steering-vectors/encode.ts";
export {
  FIRST_DIFFERENT_TOKEN,
  STEERING_VECTORS_FORMAT,
  steeringVectorsMetadataSchema,
} from "./steering-vectors/metadata.ts";
export type { SteeringVectorsMetadata, VectorNormalization } from "./steering-vectors/metadata.ts";
export type {
  CombineProvenance,
  ImportProvenance,
  VectorProvenance,
} from "./steering-vectors/provenance.ts";
export { SteeringVectors } from "./steering-vectors/steering-vectors.ts";
export type { LayerVectors, SteeringVectorsParts } from "./steering-vectors/steering-vectors.ts";
export { meanOfStrata } from "./statistics/mean-of-strata.ts";
export type { MeanOptions, StratifiedMean } from "./statistics/mean-of-strata.ts";
export { meanWithIntervals } from "./statistics/mean-with-intervals.ts";
export type { MeanWithIntervals } from "./statistics/mean-with-intervals.ts";
export { normalCdf } from "./statistics/normal-cdf.ts";
export { quantile } from "./statistics/quantile.ts";
export { slopeOverMultipliers } from "./statistics/slope-over-multipliers.ts";
export type { Slope } from "./statistics/slope-over-multipliers.ts";
export { spearman } from "./statistics/spearman.ts";
export { studentTQuantile } from "./statistics/student-t.ts";
export type { Interval, IntervalOptions } from "./statistics/check.ts";
export {
  cosine,
  cosineMatrix,
  dot,
  mean,
  meanDifference,
  norm,
  normalizeTo,
  scale,
} from "./vectors/vectors.ts";
export type { NumericVector } from "./vectors/check.ts";
