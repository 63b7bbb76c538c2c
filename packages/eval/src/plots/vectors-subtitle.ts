import type { SteeringVectors } from "@caa/core";
import { clip, countRange } from "./titles.ts";

/** A file of vectors with what plots call its model, which is its file's name: q8 weights are another model. */
export interface NamedVectors {
  readonly model: string;
  readonly vectors: SteeringVectors;
}

/** What was read on how many pairs, and what two unrelated vectors would give. */
export function vectorsSubtitle(files: readonly NamedVectors[]): string[] {
  const models = [...new Set(files.map(({ model }) => model))];
  const pairs = files.map(({ vectors }) => vectors.metadata.pairCount);
  const kinds = new Set(
    files.map(({ vectors }) => (vectors.metadata.normalization === null ? "raw" : "normalized")),
  );
  return [
    clip(models.join(", ")),
    clip(
      `${[...kinds].join(" and ")} vectors, n = ${countRange(pairs)} pairs, d_model = ${files[0]?.vectors.dModel ?? 0}`,
    ),
    chanceOfCosines(files[0]?.vectors.dModel ?? 1),
  ];
}

/** The cosine of two random directions has mean 0 and standard deviation `1 / sqrt(d)`. */
function chanceOfCosines(dModel: number): string {
  return `Two random directions lie within ±${(1.96 / Math.sqrt(dModel)).toFixed(2)} in 95 % of cases`;
}
