import { CaaError } from "../errors/caa-error.ts";

/** Numbers in a row, of either precision. */
export type NumericVector = Float32Array | Float64Array;

/** Throws unless both have the same length. */
export function checkSameLength(what: string, a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  if (a.length !== b.length) {
    throw new CaaError(
      "shape-mismatch",
      `${what}: expected two of one length, got ${a.length} and ${b.length}`,
      {
        facts: { lengths: [a.length, b.length] },
      },
    );
  }
}

/** The common length of the rows. @throws {CaaError} empty-selection without rows, shape-mismatch when lengths differ */
export function checkRows(what: string, rows: readonly NumericVector[]): number {
  const [first] = rows;
  if (first === undefined) {
    throw new CaaError("empty-selection", `${what}: expected at least one vector, got none`);
  }
  const index = rows.findIndex((row) => row.length !== first.length);
  if (index !== -1) {
    const length = rows[index]?.length;
    throw new CaaError(
      "shape-mismatch",
      `${what}: expected vectors of length ${first.length} as the first one, got ${length} at index ${index}`,
      { facts: { expected: first.length, length, index } },
    );
  }
  return first.length;
}

/** The norm, given back when a direction can be had from it. @throws {CaaError} invalid-argument */
export function checkDirection(what: string, length: number): number {
  if (!(length > 0 && Number.isFinite(length))) {
    const got = length === 0 ? "the zero vector" : `a norm of ${length}`;
    throw new CaaError(
      "invalid-argument",
      `${what}: expected a vector of finite, positive norm, got ${got}`,
      {
        facts: { norm: length },
      },
    );
  }
  return length;
}
