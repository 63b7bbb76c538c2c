import { z } from "zod";
import type { SteeringVectorsMetadata } from "./metadata.ts";
import { name, normalizationSchema, sha256, text } from "./metadata-fields.ts";

/** What imported or combined vectors were made of. */
export type VectorProvenance = ImportProvenance | CombineProvenance;

export interface ImportProvenance {
  readonly kind: "imported";
  /** Such as `torch` or `gguf`. */
  readonly format: string;
  readonly sources: ReadonlyArray<{
    /** The file's name, without its folder. */
    readonly name: string;
    /** SHA-256, hex, of its bytes. */
    readonly sha256: string;
  }>;
  /** What was changed on the way, in words; empty where the numbers are those of the files. */
  readonly changes: readonly string[];
}

export interface CombineProvenance {
  readonly kind: "combined";
  /** The formula, such as `1 * sycophancy - 0.5 * refusal`. */
  readonly formula: string;
  readonly inputs: ReadonlyArray<
    Pick<
      SteeringVectorsMetadata,
      "behavior" | "modelId" | "modelHash" | "contentHash" | "normalization" | "provenance"
    >
  >;
}

/** Provenance of provenance of provenance is kept so far, and no further. */
const MAX_DEPTH = 8;

export function provenanceSchema(depth = 0): z.ZodType<VectorProvenance | null> {
  const imported = z.object({
    kind: z.literal("imported"),
    format: text,
    sources: z
      .array(z.object({ name: text, sha256 }))
      .min(1)
      .max(2_048)
      .readonly(),
    changes: z.array(text).max(100).readonly(),
  });
  if (depth === MAX_DEPTH) {
    return imported.nullable();
  }
  const input = z.object({
    behavior: name,
    modelId: text,
    modelHash: text,
    contentHash: sha256.nullable(),
    normalization: normalizationSchema.nullable(),
    provenance: provenanceSchema(depth + 1),
  });
  return z
    .discriminatedUnion("kind", [
      imported,
      z.object({
        kind: z.literal("combined"),
        formula: text,
        inputs: z.array(input).min(1).max(100).readonly(),
      }),
    ])
    .nullable();
}
