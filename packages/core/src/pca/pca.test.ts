import { describe, expect, test } from "vitest";
import { createRandom, randomDirection } from "../random/random.ts";
import { cosine, dot } from "../vectors/vectors.ts";
import { pca } from "./pca.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

const code = (value: string): unknown => expect.objectContaining({ code: value });
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN))))
    : Number.NaN;
const gaussianRows = (n: number, d: number, seed: number): Float32Array[] => {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => Float32Array.from({ length: d }, () => random.gaussian()));
};

// numpy 2.4.6: R - R.mean(0), np.linalg.svd; the first coordinate of largest size made positive
const ROWS = Array.from({ length: 7 }, (_, i) =>
  Float32Array.from({ length: 5 }, (__, j) => ((i * 31 + j * 17 + i * j * 7) % 23) / 4 - 2),
);
const VARIANCE = [7.967716207202713, 2.7264597486103397, 1.3885461909873735];
const RATIO = [0.6461869769780623, 0.22111766245065753, 0.11261200100694124];
const COMPONENTS = [
  [
    0.5716240730528278, -0.5716240730528278, -0.0584199803785675, 0.4165034254071093,
    -0.4118298686711579,
  ],
  [
    0.4013275576794508, -0.4013275576794507, 0.07332398826824796, -0.3653878188617063,
    0.7341578287166985,
  ],
  [
    -0.11033530540407066, 0.11033530540407063, -0.06179479385909165, 0.8261017494810935,
    0.5379493876927179,
  ],
];
const PROJECTIONS = [
  [-3.7725656549898123, 0.8672011481611333, 0.7515267190467525],
  [0.1828654421046993, 0.07070408172756866, 0.21991335088508843],
  [4.138296539199211, -0.7257929847059963, -0.31170001727657615],
  [-3.242865644763833, 0.1848305091225833, -1.2313334535745875],
  [0.7125654523306786, -0.6116665573109814, -1.7629468217362514],
  [2.2999748045660326, 2.8132438913764704, 0.7986487893352124],
  [-0.31827093844697574, -2.598520088370778, 1.5358914333203606],
];

test("equals the singular value decomposition of numpy, signs included", () => {
  const result = pca(ROWS, { components: 3 });
  expect(distance(result.explainedVariance, VARIANCE)).toBeLessThan(1e-10);
  expect(distance(result.explainedVarianceRatio, RATIO)).toBeLessThan(1e-10);
  for (const [k, expected] of COMPONENTS.entries()) {
    expect(distance(result.components[k] ?? [], expected)).toBeLessThan(1e-9);
  }
  for (const [i, expected] of PROJECTIONS.entries()) {
    expect(distance(result.projections[i] ?? [], expected)).toBeLessThan(1e-9);
  }
});

/** The whole decomposition of the covariance matrix, by Jacobi rotations. */
function slowVariances(rows: readonly Float32Array[]): Float64Array {
  const d = rows[0]?.length ?? 0;
  const mean = Float64Array.from(
    { length: d },
    (_, j) => rows.reduce((sum, row) => sum + (row[j] ?? 0), 0) / rows.length,
  );
  const covariance = new Float64Array(d * d);
  for (const row of rows) {
    const x = Float64Array.from(row, (value, j) => value - (mean[j] ?? 0));
    x.forEach((a, i) =>
      x.forEach(
        (b, j) =>
          (covariance[i * d + j] = (covariance[i * d + j] ?? 0) + (a * b) / (rows.length - 1)),
      ),
    );
  }
  return symmetricEigen(covariance, d).values;
}

describe("properties", () => {
  test.each([
    [40, 12, 2],
    [12, 300, 11],
    [150, 90, 4],
    [80, 30, 30],
  ])("of %d random rows of length %d, %d components", (n, d, k) => {
    const rows = gaussianRows(n, d, n + d);
    const result = pca(rows, { components: k });
    for (const [i, a] of result.components.entries()) {
      for (const [j, b] of result.components.entries()) {
        expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 10);
      }
      const along = result.projections.map((row) => row[i] ?? Number.NaN);
      expect(along.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 9);
      expect(along.reduce((sum, x) => sum + x * x, 0) / (n - 1)).toBeCloseTo(
        result.explainedVariance[i] ?? 0,
        9,
      );
    }
    const rest = 1 - result.explainedVarianceRatio.reduce((sum, x) => sum + x, 0);
    expect(Math.abs(rest) < 1e-10).toBe(k === Math.min(n - 1, d));
  });

  test("variances equal those of the whole covariance matrix", () => {
    const rows = gaussianRows(60, 50, 5);
    const { explainedVariance } = pca(rows, { components: 4 });
    expect(distance(explainedVariance, slowVariances(rows).slice(0, 4))).toBeLessThan(1e-9);
  });

  test("finds a planted direction, and does not mind a shift of all rows", () => {
    const direction = randomDirection(64, 1, 1);
    const random = createRandom(2);
    const rows = gaussianRows(100, 64, 3).map((row) => {
      const strength = 20 * random.gaussian();
      return row.map((x, i) => x + strength * (direction[i] ?? 0));
    });
    const { components } = pca(rows, { components: 1 });
    const first = components[0] ?? new Float64Array(64);
    expect(Math.abs(cosine(first, direction))).toBeGreaterThan(0.99);
    const shifted = pca(
      rows.map((row) => row.map((x) => x + 64)),
      { components: 1 },
    );
    expect(cosine(first, shifted.components[0] ?? new Float64Array(64))).toBeCloseTo(1, 8);
    expect(pca(rows, { components: 1 })).toEqual(pca(rows, { components: 1 }));
  });

  test("the first of coordinates of largest size is positive", () => {
    const rows = gaussianRows(30, 8, 4);
    const negated = rows.map((row) => row.map((x) => -x));
    for (const [k, component] of pca(rows).components.entries()) {
      expect(distance(pca(negated).components[k] ?? [], component)).toBeLessThan(1e-9);
      expect(Math.max(...component)).toBe(Math.max(...component.map(Math.abs)));
    }
  });

  test("equal variances are each found", () => {
    // The corners of a cross: variance 2/9 along each of five axes
    const rows = Array.from({ length: 10 }, (_, i) =>
      Float32Array.from({ length: 5 }, (__, j) => (j === i >> 1 ? (i % 2 === 0 ? 1 : -1) : 0)),
    );
    expect(
      distance(
        pca(rows, { components: 5 }).explainedVariance,
        [2, 2, 2, 2, 2].map((x) => x / 9),
      ),
    ).toBeLessThan(1e-12);
  });
});

test("refuses what has no components", () => {
  expect(() => pca([])).toThrow(code("empty-selection"));
  expect(() => pca([Float32Array.of(1, 2)])).toThrow(code("invalid-argument"));
  expect(() => pca([Float32Array.of(1, 2), Float32Array.of(1)])).toThrow(code("shape-mismatch"));
  expect(() => pca(ROWS, { components: 6 })).toThrow(code("invalid-argument"));
  expect(() => pca(ROWS, { components: 0 })).toThrow(code("invalid-argument"));
  const same = [Float32Array.of(1, 2), Float32Array.of(1, 2), Float32Array.of(1, 2)];
  expect(() => pca(same, { components: 1 })).toThrow("vary in 1 directions, got 0");
  const line = [
    Float32Array.of(0, 0, 0),
    Float32Array.of(1, 2, 3),
    Float32Array.of(2, 4, 6),
    Float32Array.of(3, 6, 9),
  ];
  expect(() => pca(line, { components: 2 })).toThrow("vary in 2 directions, got 1");
  expect(() =>
    pca([Float32Array.of(1, Number.NaN), Float32Array.of(1, 2)], { components: 1 }),
  ).toThrow(code("invalid-argument"));
});
