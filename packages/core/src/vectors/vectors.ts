import { CaaError } from "../errors/caa-error.ts";
import { checkDirection, checkRows, checkSameLength, type NumericVector } from "./check.ts";

/**
 * Dot product, accumulated in float64: `sum_i a_i b_i`. NaN goes through; two empty vectors give 0.
 * @throws {CaaError} shape-mismatch
 * @example dot(Float32Array.of(1, 2), Float32Array.of(3, 4)) // 11
 */
export function dot(a: NumericVector, b: NumericVector): number {
  checkSameLength("dot", a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += (a[i] ?? 0) * (b[i] ?? 0);
  }
  return sum;
}

/**
 * Euclidean length, accumulated in float64: `sqrt(sum_i a_i^2)`. NaN goes through.
 * @example norm(Float32Array.of(3, 4)) // 5
 */
export function norm(a: NumericVector): number {
  return Math.sqrt(dot(a, a));
}

/**
 * Cosine of the angle between two vectors, in [-1, 1]: `a·b / (|a| |b|)`.
 * @throws {CaaError} shape-mismatch; invalid-argument for a vector that is zero or not finite
 * @example cosine(Float32Array.of(1, 0), Float32Array.of(1, 1)) // 0.7071...
 */
export function cosine(a: NumericVector, b: NumericVector): number {
  checkSameLength("cosine", a, b);
  return clampCosine(
    dot(a, b) / checkDirection("cosine", norm(a)) / checkDirection("cosine", norm(b)),
  );
}

/**
 * Cosine of every pair: `C_ij = cosine(v_i, v_j)`, symmetric with ones on the diagonal.
 * @returns (n, n), row-major, float64
 * @throws {CaaError} empty-selection, shape-mismatch; invalid-argument for a vector that is zero or not finite
 */
export function cosineMatrix(vectors: readonly NumericVector[]): Float64Array {
  checkRows("cosineMatrix", vectors);
  const n = vectors.length;
  const norms = vectors.map((vector, i) =>
    checkDirection(`cosineMatrix: vector ${i}`, norm(vector)),
  );
  const matrix = new Float64Array(n * n); // (n, n)
  for (const [i, a] of vectors.entries()) {
    matrix[i * n + i] = 1;
    for (const [j, b] of vectors.slice(0, i).entries()) {
      const value = clampCosine(dot(a, b) / (norms[i] ?? 1) / (norms[j] ?? 1));
      matrix[i * n + j] = value;
      matrix[j * n + i] = value;
    }
  }
  return matrix;
}

/** Rounding may put a cosine an ulp outside of [-1, 1]; NaN stays. */
function clampCosine(value: number): number {
  return Math.max(-1, Math.min(1, value));
}

/**
 * Mean of vectors, accumulated in float64 and rounded to float32 once: `(1/n) sum_i v_i`. NaN goes through.
 * @param vectors n of (d)
 * @returns (d)
 * @throws {CaaError} empty-selection, shape-mismatch
 */
export function mean(vectors: readonly NumericVector[]): Float32Array {
  const sum = new Float64Array(checkRows("mean", vectors)); // (d)
  for (const vector of vectors) {
    addTo(sum, vector, 1);
  }
  return Float32Array.from(sum, (x) => x / vectors.length);
}

/**
 * The vector of contrast pairs, accumulated in float64 and rounded to float32 once:
 * `(1/n) sum_i (positive_i - negative_i)`. NaN goes through.
 * @param positive n of (d)
 * @param negative n of (d), the other half of each pair, in the same order
 * @returns (d)
 * @throws {CaaError} empty-selection without pairs, shape-mismatch
 */
export function meanDifference(
  positive: readonly NumericVector[],
  negative: readonly NumericVector[],
): Float32Array {
  checkSameLength("meanDifference: pairs", positive, negative);
  const sum = new Float64Array(checkRows("meanDifference", [...positive, ...negative])); // (d)
  for (const [i, vector] of positive.entries()) {
    addTo(sum, vector, 1);
    const other = negative[i];
    if (other !== undefined) {
      addTo(sum, other, -1);
    }
  }
  return Float32Array.from(sum, (x) => x / positive.length);
}

function addTo(sum: Float64Array, vector: NumericVector, sign: 1 | -1): void {
  for (let i = 0; i < sum.length; i++) {
    sum[i] = (sum[i] ?? 0) + sign * (vector[i] ?? 0);
  }
}

/**
 * A new vector, `factor * a`, float32: (d).
 * @throws {CaaError} invalid-argument for a factor that is not finite
 */
export function scale(a: NumericVector, factor: number): Float32Array {
  if (!Number.isFinite(factor)) {
    throw new CaaError("invalid-argument", `scale: expected a finite factor, got ${factor}`);
  }
  return Float32Array.from(a, (x) => x * factor);
}

/**
 * A new vector of the same direction and the given norm, `a * target / |a|`, float32: (d).
 * @throws {CaaError} invalid-argument for a vector that is zero or not finite, and for a negative target
 * @example normalizeTo(Float32Array.of(3, 4), 10) // [6, 8]
 */
export function normalizeTo(a: NumericVector, target: number): Float32Array {
  if (!(target >= 0 && Number.isFinite(target))) {
    throw new CaaError(
      "invalid-argument",
      `normalizeTo: expected a norm of 0 or more, got ${target}`,
    );
  }
  return scale(a, target / checkDirection("normalizeTo", norm(a)));
}
