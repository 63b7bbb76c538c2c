import { cosine, norm, type NumericVector } from "@caa/core";

/** Cosines between the vectors of two lists. */
export interface CosineGrid<Label extends string | number = string | number> {
  readonly rows: readonly Label[];
  readonly columns: readonly Label[];
  /** (rows, columns), row-major; null where a vector is zero and has no direction. */
  readonly values: ReadonlyArray<number | null>;
}

/** A vector with what it is called in a grid. */
export interface Labeled<Label> {
  readonly label: Label;
  readonly vector: NumericVector;
}

/**
 * `C_ij = cosine(row_i, column_j)`, null where one of both is zero.
 * @param rows n of (d)
 * @param columns m of (d)
 * @throws {CaaError} shape-mismatch when lengths differ; invalid-argument for values that are not finite
 */
export function cosineGrid<Label extends string | number>(
  rows: ReadonlyArray<Labeled<Label>>,
  columns: ReadonlyArray<Labeled<Label>>,
): CosineGrid<Label> {
  return {
    rows: rows.map(({ label }) => label),
    columns: columns.map(({ label }) => label),
    values: rows.flatMap((row) => columns.map((column) => cosineOrNull(row.vector, column.vector))),
  };
}

/** The cosine; null where a vector is zero. @throws {CaaError} shape-mismatch, invalid-argument */
export function cosineOrNull(a: NumericVector, b: NumericVector): number | null {
  return norm(a) === 0 || norm(b) === 0 ? null : cosine(a, b);
}
