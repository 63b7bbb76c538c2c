/** Eigenvalues, descending, and their unit eigenvectors. */
export interface SymmetricEigen {
  /** (m) */
  readonly values: Float64Array;
  /** m of (m), one for each value */
  readonly vectors: readonly Float64Array[];
}

const MAX_SWEEPS = 60; // convergence is quadratic: ten are many

/**
 * Eigendecomposition of a small symmetric matrix by cyclic Jacobi rotations: `A = V diag(values) Vᵀ`.
 * @param matrix (m, m), row-major, symmetric; it is not changed
 */
export function symmetricEigen(matrix: Float64Array, m: number): SymmetricEigen {
  const a = matrix.slice(); // (m, m), becomes diagonal
  const at = (row: number, column: number): number => a[row * m + column] ?? 0;
  const v = Array.from({ length: m }, (_, i) =>
    Float64Array.from({ length: m }, (__, j) => (i === j ? 1 : 0)),
  );
  const scale = Math.sqrt(a.reduce((sum, x) => sum + x * x, 0));
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < m - 1; p++) {
      for (let q = p + 1; q < m; q++) {
        const apq = at(p, q);
        if (Math.abs(apq) <= 1e-17 * scale) {
          continue;
        }
        rotated = true;
        const theta = (at(q, q) - at(p, p)) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1)); // the smaller angle
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < m; k++) {
          const kp = at(k, p);
          const kq = at(k, q);
          a[k * m + p] = c * kp - s * kq;
          a[k * m + q] = s * kp + c * kq;
        }
        rotate(a.subarray(p * m, p * m + m), a.subarray(q * m, q * m + m), c, s);
        rotate(v[p] ?? new Float64Array(), v[q] ?? new Float64Array(), c, s); // row i of v is eigenvector i
      }
    }
    if (!rotated) {
      break;
    }
  }
  const order = [...v.keys()].sort((i, j) => at(j, j) - at(i, i));
  return {
    values: Float64Array.from(order, (i) => at(i, i)),
    vectors: order.flatMap((i) => v[i] ?? []),
  };
}

/** `p <- c p - s q`, `q <- s p + c q` */
function rotate(p: Float64Array, q: Float64Array, c: number, s: number): void {
  for (let k = 0; k < p.length; k++) {
    const pk = p[k] ?? 0;
    const qk = q[k] ?? 0;
    p[k] = c * pk - s * qk;
    q[k] = s * pk + c * qk;
  }
}
