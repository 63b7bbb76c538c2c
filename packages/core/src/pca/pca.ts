import { CaaError } from "../errors/caa-error.ts";
import { checkRows, type NumericVector } from "../vectors/check.ts";
import { dot } from "../vectors/vectors.ts";
import { addScaled, topEigenpairs } from "./top-eigenpairs.ts";

export interface PcaOptions {
  /** How many components, at most the rank of the centered rows. @default 2 */
  readonly components?: number;
}

export interface Pca {
  /** Mean of the rows: (d). */
  readonly mean: Float64Array;
  /** Orthonormal directions of largest variance, largest first: k of (d). In each the coordinate of largest size is positive. */
  readonly components: readonly Float64Array[];
  /** Variance along each component, with n - 1: (k). */
  readonly explainedVariance: readonly number[];
  /** The same as a part of the variance of all coordinates, in [0, 1]: (k). */
  readonly explainedVarianceRatio: readonly number[];
  /** Coordinates of the rows, `(row - mean) · component`: n of (k). */
  readonly projections: readonly Float64Array[];
}

/**
 * Principal components of rows: the eigenvectors of `XᵀX / (n - 1)` for centered rows X, in float64 and without
 * forming that matrix. The same rows give the same components, signs included. Time about
 * `n * d * (components + 4)` for each of some tens of steps.
 * @param rows n of (d), n >= 2
 * @throws {CaaError} empty-selection without rows; shape-mismatch when their lengths differ; invalid-argument for a
 *   single row, values that are not finite, or more components than the rows have directions
 * @example pca([Float32Array.of(0, 0), Float32Array.of(3, 4)], { components: 1 }).components[0] // [0.6, 0.8]
 */
export function pca(rows: readonly NumericVector[], { components: k = 2 }: PcaOptions = {}): Pca {
  const d = checkRows("pca", rows);
  const n = rows.length;
  if (n < 2) {
    throw new CaaError("invalid-argument", "pca: expected at least two rows, got one");
  }
  if (!Number.isInteger(k) || k < 1 || k > Math.min(n - 1, d)) {
    throw new CaaError(
      "invalid-argument",
      `pca: expected 1 to ${Math.min(n - 1, d)} components for ${n} rows of length ${d}, got ${k}`,
      { facts: { rows: n, length: d, components: k } },
    );
  }
  const { mean, centered } = center(rows, d);
  const total = centered.reduce((sum, row) => sum + dot(row, row), 0) / (n - 1);
  if (!Number.isFinite(total)) {
    throw new CaaError("invalid-argument", "pca: expected finite values, got NaN or infinity");
  }
  /** `Xᵀ weights`: (n) -> (d) */
  const combine = (weight: (row: Float64Array) => number): Float64Array => {
    const sum = new Float64Array(d);
    for (const row of centered) {
      addScaled(sum, row, weight(row));
    }
    return sum;
  };
  const pairs = topEigenpairs(
    k,
    (x) => combine((row) => dot(row, x) / (n - 1)),
    (random) => combine(() => random.gaussian()),
  );
  const rank = pairs.filter(({ value }) => value > 1e-13 * total).length;
  if (rank < k) {
    throw new CaaError(
      "invalid-argument",
      `pca: expected rows that vary in ${k} directions, got ${rank}`,
      {
        facts: { components: k, rank },
      },
    );
  }
  const components = pairs.map(({ vector }) => withSign(vector));
  return {
    mean,
    components,
    explainedVariance: pairs.map(({ value }) => value),
    explainedVarianceRatio: pairs.map(({ value }) => Math.min(1, value / total)),
    projections: centered.map((row) =>
      Float64Array.from(components, (component) => dot(row, component)),
    ),
  };
}

function center(
  rows: readonly NumericVector[],
  d: number,
): { mean: Float64Array; centered: readonly Float64Array[] } {
  const mean = new Float64Array(d);
  const centered = rows.map((row) => Float64Array.from(row)); // n of (d)
  for (const row of centered) {
    addScaled(mean, row, 1 / rows.length);
  }
  for (const row of centered) {
    addScaled(row, mean, -1);
  }
  return { mean, centered };
}

/**
 * An eigenvector has no sign of its own: the coordinate of largest size is made positive, the first one of those that
 * differ by rounding only.
 */
function withSign(vector: Float64Array): Float64Array {
  const largest = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const deciding = vector.find((value) => Math.abs(value) >= largest * (1 - 1e-9)) ?? 0;
  return deciding < 0 ? vector.map((value) => -value) : vector;
}
