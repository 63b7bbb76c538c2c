import { z } from "zod";
import { name, normalizationSchema, sha256, text } from "./metadata-fields.ts";
import { provenanceSchema, type VectorProvenance } from "./provenance.ts";

/** Says how the file is laid out; another number is another layout. */
export const STEERING_VECTORS_FORMAT = 1;

/** What made the vectors of one behavior. */
export interface SteeringVectorsMetadata {
  readonly formatVersion: typeof STEERING_VECTORS_FORMAT;
  readonly behavior: string;
  readonly modelId: string;
  /** `ModelInfo.hash` of the model that was read. */
  readonly modelHash: string;
  /** `ModelInfo.architecture` of that model; null where it is not known. */
  readonly architecture: string | null;
  /** How many decoder blocks that model has; null where it is not known. */
  readonly layerCount: number | null;
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
  /** 0 for vectors that were not made from pairs here. */
  readonly pairCount: number;
  /** `imported` and `combined` vectors have a `provenance`. */
  readonly aggregation: "mean-difference" | "imported" | "combined";
  /** Null for vectors as they were measured. */
  readonly normalization: VectorNormalization | null;
  /** Seed of the label shuffles and of the halves. */
  readonly shuffleSeed: number;
  /** SHA-256, hex, of the tensors as they were saved; null until then. */
  readonly contentHash: string | null;
  /** Where vectors come from that were not made from pairs here; null for those that were. */
  readonly provenance: VectorProvenance | null;
}

/** Every behavior's vector has been rescaled to one norm a layer. */
export interface VectorNormalization {
  /** The behaviors whose mean norm is the target; `unknown` alone where vectors were imported that others normalized. */
  readonly behaviors: readonly string[];
  /** Layer to norm. */
  readonly targetNorm: Readonly<Record<string, number>>;
}

/** Read position of the reference method, for `readPosition`. */
export const FIRST_DIFFERENT_TOKEN = "first token where the answers differ";

export const steeringVectorsMetadataSchema: z.ZodType<SteeringVectorsMetadata> = z
  .object({
    formatVersion: z.literal(STEERING_VECTORS_FORMAT),
    behavior: name,
    modelId: text,
    modelHash: text,
    architecture: text.nullable().default(null),
    layerCount: z.number().int().min(1).nullable().default(null),
    hookPoint: z.literal("resid-post"),
    readPosition: text,
    dtype: text,
    promptStyle: text,
    system: z.string().max(100_000).nullable(),
    datasetName: text,
    datasetHash: text,
    pairCount: z.number().int().min(0),
    aggregation: z.enum(["mean-difference", "imported", "combined"]),
    normalization: normalizationSchema.nullable(),
    shuffleSeed: z.number().int(),
    contentHash: sha256.nullable(),
    provenance: provenanceSchema().default(null),
  })
  .refine(
    ({ aggregation, pairCount, provenance }) =>
      aggregation === "mean-difference"
        ? pairCount > 0 && provenance === null
        : pairCount === 0 && provenance?.kind === aggregation,
    "vectors from pairs have at least one pair and no provenance, others no pairs and a provenance of their kind",
  );
