import { CaaError } from "../errors/caa-error.ts";
import type { SteeringVectorsMetadata } from "../steering-vectors/metadata.ts";
import { type LayerVectors, SteeringVectors } from "../steering-vectors/steering-vectors.ts";

/** Where inputs differ in a fact that one word has to tell. */
const MIXED = "mixed";

/** The vectors of a layer, (d_model) each, one an input, as one vector; float64 until it is kept. */
export type CombineLayer = (layer: number, rows: readonly Float32Array[]) => ArrayLike<number>;

/**
 * New vectors of the layers that all inputs have; halves and shuffles are combined the same way where all inputs have
 * them, so that what tells how stable the vectors are, and their controls, stay true of the result.
 * @param formula what was done, for the metadata
 * @throws {CaaError} empty-selection without inputs; incompatible-vector for inputs of different models, layers or kinds
 */
export function combineParts(
  inputs: readonly SteeringVectors[],
  {
    behavior,
    formula,
    combine,
  }: {
    readonly behavior: string;
    readonly formula: string;
    readonly combine: CombineLayer;
  },
): SteeringVectors {
  const [first] = inputs;
  if (first === undefined) {
    throw new CaaError(
      "empty-selection",
      "combine: expected vectors of one behavior or more, got none",
    );
  }
  inputs.forEach((input) => checkFits(first, input));
  const part = (of: (input: SteeringVectors) => LayerVectors | undefined): LayerVectors | null => {
    const parts = inputs.flatMap((input) => of(input) ?? []);
    return parts.length < inputs.length
      ? null
      : new Map(
          first.layers.map((layer) => {
            const rows = parts.map((values) => values.get(layer) ?? new Float32Array());
            return [layer, Float32Array.from(combine(layer, rows))];
          }),
        );
  };
  const vectors = part(
    (input) => new Map(input.layers.map((layer) => [layer, input.vector(layer)])),
  );
  const halves = [0, 1].flatMap(
    (half) => part((input) => input.halves?.[half === 0 ? 0 : 1]) ?? [],
  );
  const [one, other] = halves;
  return new SteeringVectors({
    vectors: vectors ?? new Map(),
    halves: one === undefined || other === undefined ? null : [one, other],
    shuffles: first.shuffles.flatMap((_, k) => part((input) => input.shuffles[k]) ?? []),
    metadata: {
      ...commonFacts(inputs, first.metadata),
      behavior,
      provenance: { kind: "combined", formula, inputs: inputs.map(origin) },
    },
  });
}

function checkFits(first: SteeringVectors, other: SteeringVectors): void {
  const refuse = (what: string, expected: string, got: string): CaaError =>
    new CaaError(
      "incompatible-vector",
      `vectors of "${other.behavior}": expected ${what} of "${first.behavior}", ${expected}, got ${got}`,
      { facts: { behavior: other.behavior, expected, got } },
    );
  if (other.dModel !== first.dModel) {
    throw refuse("the size", `${first.dModel} values a layer`, String(other.dModel));
  }
  if (other.layers.join() !== first.layers.join()) {
    throw refuse("the layers", first.layers.join(" "), other.layers.join(" "));
  }
  const [mine, its] = [first.metadata, other.metadata];
  if (its.modelHash !== mine.modelHash || its.modelId !== mine.modelId) {
    throw refuse(
      "the model",
      `${mine.modelId} (${mine.modelHash.slice(0, 12)})`,
      `${its.modelId} (${its.modelHash.slice(0, 12)})`,
    );
  }
  // A vector as made and a normalized one have lengths that do not compare.
  if (isOfNormalized(its) !== isOfNormalized(mine)) {
    const kind = (one: Origin): string => (isOfNormalized(one) ? "normalized" : "as made");
    throw refuse("the kind", kind(mine), kind(its));
  }
}

type Origin = Pick<SteeringVectorsMetadata, "normalization" | "provenance">;

/** Whether vectors, or those that they were combined of, were normalized. */
function isOfNormalized({ normalization, provenance }: Origin): boolean {
  return (
    normalization !== null ||
    (provenance?.kind === "combined" && provenance.inputs.some(isOfNormalized))
  );
}

/** The metadata of the first input with what the inputs do not share marked as mixed. */
function commonFacts(
  inputs: readonly SteeringVectors[],
  first: SteeringVectorsMetadata,
): SteeringVectorsMetadata {
  const all = inputs.map((input) => input.metadata);
  const common = (
    key: "readPosition" | "dtype" | "promptStyle" | "datasetName" | "datasetHash",
  ): string => (all.every((metadata) => metadata[key] === first[key]) ? first[key] : MIXED);
  return {
    ...first,
    readPosition: common("readPosition"),
    dtype: common("dtype"),
    promptStyle: common("promptStyle"),
    datasetName: common("datasetName"),
    datasetHash: common("datasetHash"),
    system: all.every(({ system }) => system === first.system) ? first.system : MIXED,
    pairCount: 0,
    aggregation: "combined",
    // Lengths are what the formula gives; whether the inputs were normalized is told in the provenance.
    normalization: null,
    contentHash: null,
  };
}

const origin = ({ metadata }: SteeringVectors) => ({
  behavior: metadata.behavior,
  modelId: metadata.modelId,
  modelHash: metadata.modelHash,
  contentHash: metadata.contentHash,
  normalization: metadata.normalization,
  provenance: metadata.provenance,
});
