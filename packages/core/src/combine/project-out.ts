import { CaaError } from "../errors/caa-error.ts";
import type { SteeringVectors } from "../steering-vectors/steering-vectors.ts";
import { dot, norm } from "../vectors/vectors.ts";
import { combineParts } from "./parts.ts";

/** A part of this length beside the whole is what float32 rounding leaves of nothing. */
const ROUNDING = 1e-6;

/**
 * A vector without what it shares with other directions, at every layer: `v - sum_k (v . u_k) u_k`, u an orthonormal basis
 * of the others' vectors there (modified Gram-Schmidt, in float64). Its halves and shuffles lose the same directions.
 * @param behavior the name of the result @default that of `vectors`
 * @throws {CaaError} empty-selection without others; invalid-argument where nothing is left of a vector, or one of the
 * others is zero; incompatible-vector for vectors of different models, layers or kinds
 */
export function projectOut(
  vectors: SteeringVectors,
  others: readonly SteeringVectors[],
  behavior = vectors.behavior,
): SteeringVectors {
  if (others.length === 0) {
    throw new CaaError("empty-selection", "projectOut: expected one direction or more, got none");
  }
  const bases = new Map<number, readonly Float64Array[]>();
  // Made when the inputs have been checked against each other; halves and shuffles lose the same as the vector.
  const basisAt = (layer: number): readonly Float64Array[] => {
    const basis = bases.get(layer) ?? orthonormalBasis(others.map((other) => other.vector(layer)));
    bases.set(layer, basis);
    return basis;
  };
  const result = combineParts([vectors, ...others], {
    behavior,
    formula: `${vectors.behavior} without ${others.map((other) => other.behavior).join(", ")}`,
    combine: (layer, [row]) => without(row ?? new Float32Array(), basisAt(layer)),
  });
  for (const layer of vectors.layers) {
    if (!(norm(result.vector(layer)) > ROUNDING * norm(vectors.vector(layer)))) {
      throw new CaaError(
        "invalid-argument",
        `projectOut: layer ${layer}: expected ${vectors.behavior} to have a part of its own, got none beside ${others.map((other) => other.behavior).join(", ")}`,
        { facts: { layer } },
      );
    }
  }
  return result;
}

/**
 * Vectors of which none has a part along another: each without what it shares with those before it, in the order given;
 * the first stays as it is. Lengths shrink.
 * @throws {CaaError} as `projectOut`; empty-selection for fewer than two
 */
export function orthogonalize(all: readonly SteeringVectors[]): readonly SteeringVectors[] {
  if (all.length < 2) {
    throw new CaaError(
      "empty-selection",
      `orthogonalize: expected two vectors or more, got ${all.length}`,
    );
  }
  return all.map((vectors, i) => (i === 0 ? vectors : projectOut(vectors, all.slice(0, i))));
}

/** Unit vectors that span what the rows span; rows that add nothing are left out. */
function orthonormalBasis(rows: readonly Float32Array[]): readonly Float64Array[] {
  const basis: Float64Array[] = [];
  for (const row of rows) {
    const length = norm(row);
    if (length === 0) {
      throw new CaaError(
        "invalid-argument",
        "projectOut: expected directions, got a vector of zeros",
      );
    }
    const rest = without(row, basis);
    const left = norm(rest);
    if (left > ROUNDING * length) {
      basis.push(rest.map((x) => x / left));
    }
  }
  return basis;
}

/** Twice, since once leaves what rounding made of parts that are nearly alike. */
function without(row: Float32Array, basis: readonly Float64Array[]): Float64Array {
  const rest = Float64Array.from(row);
  for (const u of [...basis, ...basis]) {
    const along = dot(rest, u);
    u.forEach((x, i) => (rest[i] = (rest[i] ?? 0) - along * x));
  }
  return rest;
}
