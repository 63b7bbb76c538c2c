import { z } from "zod";

/** Says how the file is laid out; another number is another layout. */
export const STEERING_VECTORS_FORMAT = 1;

/** What made the vectors of one behavior. */
export interface SteeringVectorsMetadata {
  readonly formatVersion: typeof STEERING_VECTORS_FORMAT;
  readonly behavior: string;
  readonly modelId: string;
  /** `ModelInfo.hash` of the model that was read. */
  readonly modelHash: string;
  /** The residual stream after a decoder block, before the final norm. */
  readonly hookPoint: "resid-post";
  /** Which token was read, in words. */
  readonly readPosition: string;
  /** In which the model's weights were held, such as `float32` or `q4`. */
  readonly dtype: string;
  readonly promptStyle: string;
  /** The system prompt of every pair; null without one. */
  readonly system: string | null;
  /** Path or name of the contrast pairs. */
  readonly datasetName: string;
  readonly datasetHash: string;
  readonly pairCount: number;
  readonly aggregation: "mean-difference";
  /** Null for vectors as they were measured. */
  readonly normalization: VectorNormalization | null;
  /** Seed of the label shuffles and of the halves. */
  readonly shuffleSeed: number;
  /** SHA-256, hex, of the tensors as they were saved; null until then. */
  readonly contentHash: string | null;
}

/** Every behavior's vector has been rescaled to one norm a layer. */
export interface VectorNormalization {
  /** The behaviors whose mean norm is the target. */
  readonly behaviors: readonly string[];
  /** Layer to norm. */
  readonly targetNorm: Readonly<Record<string, number>>;
}

/** Read position of the reference method, for `readPosition`. */
export const FIRST_DIFFERENT_TOKEN = "first token where the answers differ";

/** Far above any real text here; bounds what a hostile file makes us keep. */
const text = z.string().min(1).max(4_096);
const name = z
  .string()
  .max(200)
  .regex(/^[^\s:\p{C}]+$/u, "a name has no blanks, colons or control characters");

const normalizationSchema = z.object({
  behaviors: z.array(name).min(1).max(1_000).readonly(),
  targetNorm: z.record(z.string().regex(/^\d{1,4}$/), z.number().positive()).readonly(),
});

export const steeringVectorsMetadataSchema: z.ZodType<SteeringVectorsMetadata> = z.object({
  formatVersion: z.literal(STEERING_VECTORS_FORMAT),
  behavior: name,
  modelId: text,
  modelHash: text,
  hookPoint: z.literal("resid-post"),
  readPosition: text,
  dtype: text,
  promptStyle: text,
  system: z.string().max(100_000).nullable(),
  datasetName: text,
  datasetHash: text,
  pairCount: z.number().int().min(1),
  aggregation: z.literal("mean-difference"),
  normalization: normalizationSchema.nullable(),
  shuffleSeed: z.number().int(),
  contentHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex")
    .nullable(),
});
