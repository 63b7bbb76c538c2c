import { z } from "zod";
import { CaaError } from "../errors/caa-error.ts";
import { steeringVectorsMetadataSchema, type SteeringVectorsMetadata } from "./metadata.ts";

/** Layer to vector, (d_model) float32. */
export type LayerVectors = ReadonlyMap<number, Float32Array>;

export interface SteeringVectorsParts {
  readonly vectors: LayerVectors;
  /** From two halves of the pairs. @default null, as when there is one pair only */
  readonly halves?: readonly [LayerVectors, LayerVectors] | null;
  /** From the pairs with their labels shuffled, once each. @default none */
  readonly shuffles?: readonly LayerVectors[];
  readonly metadata: SteeringVectorsMetadata;
}

/** Ten times the deepest models. */
const MAX_LAYER = 1_023;
const MAX_D_MODEL = 1_000_000;

/**
 * The steering vectors of one behavior at every layer, with what made them. Cannot be changed: what is given is copied.
 * The arrays that it gives out are its own, the same at every call, so that a vector can be known by its identity;
 * do not write to them.
 */
export class SteeringVectors {
  /** Ascending. */
  readonly layers: readonly number[];
  readonly dModel: number;
  /** From two halves of the pairs, split by coin: how stable the vectors are. */
  readonly halves: readonly [LayerVectors, LayerVectors] | null;
  /** From shuffled labels: what chance alone makes. */
  readonly shuffles: readonly LayerVectors[];
  readonly metadata: SteeringVectorsMetadata;
  readonly #vectors: LayerVectors;

  /**
   * @throws {CaaError} `empty-selection` without a layer, `shape-mismatch` when sizes or layers differ between parts,
   * `invalid-argument` for a value that is not finite or metadata that breaks its schema
   */
  constructor({ vectors, halves = null, shuffles = [], metadata }: SteeringVectorsParts) {
    const parsed = steeringVectorsMetadataSchema.safeParse(metadata);
    if (!parsed.success) {
      throw new CaaError("invalid-argument", `steering vectors: ${z.prettifyError(parsed.error)}`, {
        cause: parsed.error,
      });
    }
    const [first] = vectors.values();
    if (first === undefined) {
      throw new CaaError(
        "empty-selection",
        "steering vectors: expected at least one layer, got none",
      );
    }
    this.metadata = deepFreeze(parsed.data);
    this.dModel = first.length;
    this.layers = Object.freeze([...vectors.keys()].sort((a, b) => a - b));
    if (this.dModel < 1 || this.dModel > MAX_D_MODEL) {
      throw new CaaError(
        "shape-mismatch",
        `steering vectors: expected 1 to ${MAX_D_MODEL} values, got ${this.dModel}`,
      );
    }
    for (const layer of this.layers) {
      if (!Number.isInteger(layer) || layer < 0 || layer > MAX_LAYER) {
        throw new CaaError(
          "invalid-argument",
          `steering vectors: expected layers 0 to ${MAX_LAYER}, got ${layer}`,
        );
      }
    }
    this.#vectors = this.#copy(vectors, "layer");
    this.halves =
      halves &&
      Object.freeze([this.#copy(halves[0], "half.0"), this.#copy(halves[1], "half.1")] as const);
    this.shuffles = Object.freeze(shuffles.map((part, k) => this.#copy(part, `shuffle.${k}`)));
  }

  get behavior(): string {
    return this.metadata.behavior;
  }

  /**
   * The vector at a layer, (d_model).
   * @throws {CaaError} `not-found` for a layer that is not there, naming those that are
   */
  vector(layer: number): Float32Array {
    const vector = this.#vectors.get(layer);
    if (vector === undefined) {
      throw new CaaError(
        "not-found",
        `vectors of "${this.behavior}": expected one of the layers ${this.layers.join(", ")}, got ${layer}`,
        { facts: { behavior: this.behavior, layer, layers: this.layers } },
      );
    }
    return vector;
  }

  /**
   * New vectors, each times the factor of its layer, halves and shuffles too; `metadata` says what that was for. The
   * content hash is gone, since the content is new.
   */
  scaled(
    factor: (layer: number) => number,
    metadata: Partial<Omit<SteeringVectorsMetadata, "formatVersion" | "contentHash">> = {},
  ): SteeringVectors {
    const scale = (part: LayerVectors): LayerVectors =>
      new Map([...part].map(([layer, values]) => [layer, values.map((x) => x * factor(layer))]));
    return new SteeringVectors({
      vectors: scale(this.#vectors),
      halves: this.halves && [scale(this.halves[0]), scale(this.halves[1])],
      shuffles: this.shuffles.map(scale),
      metadata: { ...this.metadata, ...metadata, contentHash: null },
    });
  }

  /** The same vectors with the hash of their content. */
  withContentHash(contentHash: string): SteeringVectors {
    const { halves, shuffles, metadata } = this;
    return new SteeringVectors({
      vectors: this.#vectors,
      halves,
      shuffles,
      metadata: { ...metadata, contentHash },
    });
  }

  /** Every tensor by its name in the file, in the order in which they are hashed and written. */
  *tensors(): Generator<readonly [name: string, values: Float32Array]> {
    const parts: (readonly [string, LayerVectors])[] = [["", this.#vectors]];
    this.halves?.forEach((part, half) => parts.push([`half.${half}.`, part]));
    this.shuffles.forEach((part, k) => parts.push([`shuffle.${k}.`, part]));
    for (const [prefix, part] of parts) {
      for (const [layer, values] of part) {
        yield [`${prefix}layer.${layer}`, values];
      }
    }
  }

  /** A copy by ascending layer. */
  #copy(part: LayerVectors, what: string): LayerVectors {
    if (part.size !== this.layers.length) {
      throw new CaaError(
        "shape-mismatch",
        `steering vectors: ${what}: expected ${this.layers.length} layers, got ${part.size}`,
      );
    }
    return new Map(
      this.layers.map((layer) => {
        const values = part.get(layer);
        if (values?.length !== this.dModel) {
          throw new CaaError(
            "shape-mismatch",
            `steering vectors: ${what}, layer ${layer}: expected ${this.dModel} values, got ${values?.length ?? "none"}`,
            { facts: { layer, expected: this.dModel, got: values?.length ?? null } },
          );
        }
        if (!values.every(Number.isFinite)) {
          throw new CaaError(
            "invalid-argument",
            `steering vectors: ${what}, layer ${layer}: expected finite values`,
          );
        }
        return [layer, Float32Array.from(values)] as const;
      }),
    );
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
