import { CaaError } from "../errors/caa-error.ts";
import { STEERING_VECTORS_FORMAT, type SteeringVectorsMetadata } from "./metadata.ts";
import { SteeringVectors, type LayerVectors } from "./steering-vectors.ts";

/** How many label shuffles are kept. */
export const SHUFFLE_COUNT = 5;

export interface VectorAccumulatorOptions {
  /** Ascending, each once: the rows of what is added. */
  readonly layers: readonly number[];
  readonly dModel: number;
  /** Of the label shuffles, a whole number. @default 0 */
  readonly shuffleSeed?: number;
}

/** What the accumulator does not know of the vectors that it makes. */
export type VectorOrigin = Omit<
  SteeringVectorsMetadata,
  | "formatVersion"
  | "pairCount"
  | "aggregation"
  | "shuffleSeed"
  | "contentHash"
  | "provenance"
  | "hookPoint"
  | "normalization"
>;

/**
 * Makes steering vectors from contrast pairs in one pass, each pair given once and then forgotten:
 * `vector[l] = mean over pairs (positive[l] - negative[l])`, the same over two halves of the pairs, and the same five
 * times with the labels of each pair swapped or not by a seeded coin. Of every two pairs in a row a coin sends one to
 * each half, so that a data set whose letters alternate does not split by letter. Sums in float64, results in float32.
 */
export class VectorAccumulator {
  readonly #layers: readonly number[];
  readonly #dModel: number;
  readonly #seed: number;
  readonly #halves: readonly [Float64Array, Float64Array]; // sums, (layers, d_model) each
  readonly #shuffles: readonly Float64Array[]; // sums, (layers, d_model) each
  readonly #halfCounts: [number, number] = [0, 0];
  #count = 0;

  /** @throws {CaaError} `invalid-argument` for layers out of order, a size below 1 or a seed that is not whole */
  constructor({ layers, dModel, shuffleSeed = 0 }: VectorAccumulatorOptions) {
    const ascending = layers.every(
      (layer, i) => Number.isInteger(layer) && layer > (layers[i - 1] ?? -1),
    );
    if (layers.length === 0 || !ascending) {
      throw new CaaError(
        "invalid-argument",
        `VectorAccumulator: expected ascending layers, got [${layers.join(", ")}]`,
      );
    }
    if (!Number.isSafeInteger(dModel) || dModel < 1 || !Number.isSafeInteger(shuffleSeed)) {
      throw new CaaError(
        "invalid-argument",
        `VectorAccumulator: expected a size of at least 1 and a whole seed, got ${dModel} and ${shuffleSeed}`,
      );
    }
    const sums = (): Float64Array => new Float64Array(layers.length * dModel);
    this.#layers = [...layers];
    this.#dModel = dModel;
    this.#seed = shuffleSeed;
    this.#halves = [sums(), sums()];
    this.#shuffles = Array.from({ length: SHUFFLE_COUNT }, sums);
  }

  /** How many pairs have been added. */
  get pairCount(): number {
    return this.#count;
  }

  /**
   * Adds one pair: both (layers, d_model), rows in the order of the layers.
   * @throws {CaaError} `shape-mismatch` for another size, `invalid-data` for a value that is not finite; nothing of the
   * pair is added then
   */
  add(positive: Float32Array, negative: Float32Array): void {
    const size = this.#layers.length * this.#dModel;
    const where = `VectorAccumulator: pair ${this.#count}`;
    if (positive.length !== size || negative.length !== size) {
      throw new CaaError(
        "shape-mismatch",
        `${where}: expected ${this.#layers.length} layers of ${this.#dModel} values, ${size} in all, got ${positive.length} and ${negative.length}`,
        { facts: { expected: size, got: [positive.length, negative.length] } },
      );
    }
    if (!positive.every(Number.isFinite) || !negative.every(Number.isFinite)) {
      throw new CaaError("invalid-data", `${where}: expected finite activations`, {
        facts: { pair: this.#count },
      });
    }
    const first = coin(this.#seed, Math.floor(this.#count / 2), SHUFFLE_COUNT) > 0 ? 0 : 1;
    const which = this.#count % 2 === 0 ? first : 1 - first;
    const half = this.#halves[which === 0 ? 0 : 1];
    this.#halfCounts[which === 0 ? 0 : 1]++;
    const signs = this.#shuffles.map((_, k) => coin(this.#seed, this.#count, k));
    for (let i = 0; i < size; i++) {
      const difference = (positive[i] ?? 0) - (negative[i] ?? 0);
      half[i] = (half[i] ?? 0) + difference;
      for (let k = 0; k < SHUFFLE_COUNT; k++) {
        const sum = this.#shuffles[k];
        if (sum !== undefined) {
          sum[i] = (sum[i] ?? 0) + (signs[k] ?? 0) * difference;
        }
      }
    }
    this.#count++;
  }

  /**
   * The vectors of all pairs so far; more may be added afterwards. With a single pair there are no halves.
   * @throws {CaaError} `empty-selection` without a pair
   */
  finish(origin: VectorOrigin): SteeringVectors {
    const count = this.#count;
    if (count === 0) {
      throw new CaaError(
        "empty-selection",
        "VectorAccumulator: expected at least one pair, got none",
      );
    }
    const [half, other] = this.#halves;
    const all = half.map((x, i) => x + (other[i] ?? 0));
    return new SteeringVectors({
      vectors: this.#mean(all, count),
      halves:
        count < 2
          ? null
          : [this.#mean(half, this.#halfCounts[0]), this.#mean(other, this.#halfCounts[1])],
      shuffles: this.#shuffles.map((sum) => this.#mean(sum, count)),
      metadata: {
        ...origin,
        formatVersion: STEERING_VECTORS_FORMAT,
        hookPoint: "resid-post",
        pairCount: count,
        aggregation: "mean-difference",
        normalization: null,
        shuffleSeed: this.#seed,
        contentHash: null,
        provenance: null,
      },
    });
  }

  #mean(sums: Float64Array, count: number): LayerVectors {
    return new Map(
      this.#layers.map((layer, row) => [
        layer,
        Float32Array.from(
          sums.subarray(row * this.#dModel, (row + 1) * this.#dModel),
          (x) => x / count,
        ),
      ]),
    );
  }
}

/** +1 or -1, the same for the same seed, pair and shuffle on every machine: the top bit of a hash of the three. */
function coin(seed: number, pair: number, shuffle: number): 1 | -1 {
  let hash = 0x811c9dc5;
  for (const word of [seed, Math.floor(seed / 2 ** 32), pair, shuffle]) {
    // murmur3's finalizer over each word: every bit of the input moves every bit of the output
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash < 0 ? -1 : 1;
}
