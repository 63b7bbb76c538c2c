import { CaaError } from "../errors/caa-error.ts";
import { createRandom } from "../random/random.ts";
import { dot, norm } from "../vectors/vectors.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** An eigenvalue with its unit eigenvector: (d). */
export interface Eigenpair {
  readonly value: number;
  readonly vector: Float64Array;
}

/** The error of an eigenvalue is about the square of this, relative to the largest one. */
const TOLERANCE = 1e-10;
const MAX_STEPS = 2000; // random data, the slow case, takes some tens

/** Basis vectors `x` with `Gx` beside them: what is linear in one holds for the other. */
interface Column {
  readonly x: Float64Array; // (d)
  readonly gx: Float64Array; // (d)
}

/**
 * The largest eigenvalues of a symmetric, positive semidefinite matrix G that is known by its products only. A block
 * Krylov subspace is grown by the residuals `G x - value x` of its best vectors and cut back when it is large.
 * Fewer pairs come back when the rank of G is smaller than `count`.
 * @param apply x (d) -> G x (d)
 * @param start a vector of the range of G: (d); called for the first block
 */
export function topEigenpairs(
  count: number,
  apply: (x: Float64Array) => Float64Array,
  start: (random: ReturnType<typeof createRandom>) => Float64Array,
): readonly Eigenpair[] {
  const random = createRandom(1); // any seed does: the result does not depend on it, but for rounding
  const block = count + 4; // more than `count`, so that equal eigenvalues are all found
  const limit = 16 * block;
  let basis: Column[] = []; // orthonormal
  let candidates: Float64Array[] = Array.from({ length: block }, () => start(random));
  let floor = 0; // candidates below are rounding
  for (let step = 0; step < MAX_STEPS; step++) {
    const added = extend(basis, candidates, floor, apply);
    const full = basis.length + block > limit;
    const ritz = rayleighRitz(basis, full ? 4 * block : block);
    const largest = ritz[0]?.value ?? 0;
    const residuals = ritz
      .slice(0, block)
      .map(({ value, x, gx }) => gx.map((g, i) => g - value * (x[i] ?? 0)));
    if (
      added === 0 ||
      residuals.slice(0, count).every((residual) => norm(residual) <= TOLERANCE * largest)
    ) {
      return ritz.slice(0, count).map(({ value, x }) => ({ value, vector: x }));
    }
    candidates = residuals;
    floor = 1e-14 * largest;
    if (full) {
      basis = [...ritz];
    }
  }
  throw new CaaError(
    "invalid-argument",
    `topEigenpairs: expected to converge in ${MAX_STEPS} steps, did not`,
  );
}

/** Adds what of the candidates is not in the span of the basis yet, made orthonormal; says how many that were. */
function extend(
  basis: Column[],
  candidates: readonly Float64Array[],
  floor: number,
  apply: (x: Float64Array) => Float64Array,
): number {
  const before = basis.length;
  for (const candidate of candidates) {
    const length = norm(candidate);
    if (length <= floor) {
      continue;
    }
    const x = candidate.map((value) => value / length);
    let rest = 1;
    for (let pass = 0; pass < 2; pass++) {
      // Gram and Schmidt lose digits; twice is enough
      for (const { x: q } of basis) {
        addScaled(x, q, -dot(x, q));
      }
      rest *= norm(x);
      if (rest <= 1e-10) {
        break;
      }
      normalize(x);
    }
    if (rest > 1e-10) {
      basis.push({ x, gx: apply(x) });
    }
  }
  return basis.length - before;
}

/** The `count` best approximations that the span of the basis has, largest value first: eigenpairs of `QᵀGQ`. */
function rayleighRitz(
  basis: readonly Column[],
  count: number,
): readonly (Column & { readonly value: number })[] {
  const m = basis.length;
  const t = new Float64Array(m * m); // (m, m)
  for (const [i, { x }] of basis.entries()) {
    for (const [j, { gx }] of basis.slice(0, i + 1).entries()) {
      t[i * m + j] = dot(x, gx);
      t[j * m + i] = t[i * m + j] ?? 0;
    }
  }
  const { values, vectors } = symmetricEigen(t, m);
  return vectors.slice(0, count).map((y, k) => {
    const x = new Float64Array(basis[0]?.x.length ?? 0);
    const gx = new Float64Array(x.length);
    for (const [i, column] of basis.entries()) {
      addScaled(x, column.x, y[i] ?? 0);
      addScaled(gx, column.gx, y[i] ?? 0);
    }
    return { value: values[k] ?? 0, x, gx };
  });
}

function normalize(x: Float64Array): void {
  const length = norm(x);
  for (let i = 0; i < x.length; i++) {
    x[i] = (x[i] ?? 0) / length;
  }
}

/** `x <- x + factor y` */
export function addScaled(x: Float64Array, y: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) {
    x[i] = (x[i] ?? 0) + factor * (y[i] ?? 0);
  }
}
