import { createRandom, quantile } from "@caa/core";
import { describe, expect, it } from "vitest";
import { agreementOf, selfAgreement } from "./agreement.ts";
import { krippendorffAlpha } from "./krippendorff-alpha.ts";
import { quadraticKappa } from "./quadratic-kappa.ts";

const code = (value: string): unknown => expect.objectContaining({ code: value });

const A = [0, 3, 5, 7, 10, 2, 2, 8, 9, 4, 6, 1];
const B = [1, 3, 4, 7, 9, 2, 5, 8, 10, 4, 3, 0];
const C = [null, 3, 6, 7, 10, 1, 2, 9, 8, 4, null, null];

/** Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: four observers, twelve units. */
const PUBLISHED = [
  [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
  [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
];

/** Weighted kappa from the table of counts, as textbooks have it. */
function kappaByTable(a: readonly number[], b: readonly number[], categories: number): number {
  let observed = 0;
  let expected = 0;
  for (let i = 0; i < categories; i++) {
    for (let j = 0; j < categories; j++) {
      const weight = ((i - j) / (categories - 1)) ** 2;
      const both = a.filter((value, k) => value === i && b[k] === j).length / a.length;
      const byChance =
        (a.filter((value) => value === i).length * b.filter((value) => value === j).length) /
        a.length ** 2;
      observed += weight * both;
      expected += weight * byChance;
    }
  }
  return 1 - observed / expected;
}

describe("quadraticKappa", () => {
  it("equals that of scikit-learn", () => {
    // scikit-learn 1.9.1: cohen_kappa_score(A, B, weights="quadratic", labels=range(11))
    expect(quadraticKappa(A, B)).toBeCloseTo(0.9004329004329004, 12);
  });

  it("equals that of the table of counts", () => {
    expect(quadraticKappa(A, B)).toBeCloseTo(kappaByTable(A, B, 11), 12);
    const random = createRandom(1);
    for (let round = 0; round < 20; round++) {
      const a = Array.from({ length: 30 }, () => random.integer(11));
      const b = a.map((value) => (random.uniform() < 0.5 ? value : random.integer(11)));
      expect(quadraticKappa(a, b)).toBeCloseTo(kappaByTable(a, b, 11), 12);
    }
  });

  it("is 1 for the same, -1 for the mirrored, and does not care for the scale", () => {
    expect(quadraticKappa(A, A)).toBe(1);
    expect(quadraticKappa([0, 10, 0, 10, 5], [10, 0, 10, 0, 5])).toBeCloseTo(-1, 12);
    const stretch = (values: readonly number[]): number[] => values.map((value) => 3 * value - 7);
    expect(quadraticKappa(stretch(A), stretch(B))).toBeCloseTo(quadraticKappa(A, B) ?? 0, 12);
  });

  it("is null where nothing varies, and refuses what are no pairs", () => {
    expect(quadraticKappa([5, 5], [5, 5])).toBeNull();
    expect(quadraticKappa([5, 5], [6, 6])).toBe(0);
    expect(() => quadraticKappa([], [])).toThrow(code("empty-selection"));
    expect(() => quadraticKappa([1], [1, 2])).toThrow(code("shape-mismatch"));
    expect(() => quadraticKappa([Number.NaN], [1])).toThrow(code("invalid-argument"));
  });
});

describe("krippendorffAlpha", () => {
  // To three digits as published; all of them, and those of other scores, by alpha() of krippendorff 0.9.0 on PyPI.
  it.each([
    ["nominal", 0.743421052631579, 0.34959349593495936],
    ["ordinal", 0.8153875037548814, 0.9049268609207911],
    ["interval", 0.8491071428571428, 0.911534795042898],
  ] as const)(
    "has the published value and that of another program, %s",
    (level, published, abc) => {
      expect(krippendorffAlpha(PUBLISHED, level)).toBeCloseTo(published, 12);
      expect(krippendorffAlpha([A, B, C], level)).toBeCloseTo(abc, 12);
    },
  );

  it("does not care for the order of raters and items, nor for items with one score", () => {
    const alpha = krippendorffAlpha([A, B, C]) ?? 0;
    expect(krippendorffAlpha([C, A, B])).toBeCloseTo(alpha, 12);
    expect(krippendorffAlpha([A, B, C].map((row) => row.toReversed()))).toBeCloseTo(alpha, 12);
    expect(
      krippendorffAlpha([
        [...A, 9],
        [...B, null],
        [...C, null],
      ]),
    ).toBeCloseTo(alpha, 12);
  });

  it("is 1 for the same scores and about 0 for dealt ones", () => {
    expect(krippendorffAlpha([A, A])).toBe(1);
    const random = createRandom(2);
    const deal = (): number[] => Array.from({ length: 4000 }, () => random.integer(11));
    for (const level of ["nominal", "ordinal", "interval"] as const) {
      expect(Math.abs(krippendorffAlpha([deal(), deal()], level) ?? 1)).toBeLessThan(0.05);
    }
  });

  it("is null where there is nothing to tell, and refuses what is no table", () => {
    expect(krippendorffAlpha([])).toBeNull();
    expect(
      krippendorffAlpha([
        [1, null],
        [null, 2],
      ]),
    ).toBeNull();
    expect(
      krippendorffAlpha([
        [3, 3],
        [3, 3],
      ]),
    ).toBeNull();
    expect(() => krippendorffAlpha([[1, 2], [1]])).toThrow(code("shape-mismatch"));
    expect(() => krippendorffAlpha([[1], [Infinity]])).toThrow(code("invalid-argument"));
  });
});

describe("agreement of scores by item", () => {
  const byItem = (values: readonly (number | null)[]): ReadonlyMap<string, number> =>
    new Map(values.flatMap((value, i) => (value === null ? [] : [[`item ${i}`, value] as const])));

  it("is over the items that both scored", () => {
    const found = agreementOf(byItem(A), byItem(C));
    expect(found.n).toBe(9);
    const both = C.flatMap((value, i) => (value === null ? [] : [[A[i] ?? 0, value] as const]));
    expect(found.kappa).toBeCloseTo(
      quadraticKappa(
        both.map(([a]) => a),
        both.map(([, c]) => c),
      ) ?? 0,
      12,
    );
    expect(found.alpha_interval?.low).toBeLessThan(found.alpha ?? 0);
    expect(found.alpha_interval?.high).toBeGreaterThan(found.alpha ?? 1);
    expect(agreementOf(byItem(A), byItem(C))).toEqual(found);
    expect(agreementOf(byItem(A), new Map())).toMatchObject({ n: 0, kappa: null, alpha: null });
  });

  it("has the interval of another program", () => {
    // alpha() of krippendorff 0.9.0 on 40,000 samples of 11 of the 12 items, by numpy 2.4.6, at the levels that scipy 1.17.1
    // gives, norm.cdf(-t.ppf(0.975, 11)) = 0.013869 and 1 less that. The errors of our 1000 samples there, by the density
    // of theirs, are 0.030 and 0.00075; three of these.
    const { low = 0, high = 0 } = agreementOf(byItem(A), byItem(B)).alpha_interval ?? {};
    expect(Math.abs(low - 0.58065)).toBeLessThan(0.09);
    expect(Math.abs(high - 0.98321)).toBeLessThan(0.0023);
  });

  it("has the interval that alpha itself gives, sample by sample", () => {
    const ratings = [A, B, C];
    const random = createRandom(4);
    const alphas = Array.from({ length: 1000 }, () => {
      const drawn = A.slice(1).map(() => random.integer(A.length));
      const sample = ratings.map((row) => drawn.map((item) => row[item] ?? null));
      return krippendorffAlpha(sample) ?? Number.NaN;
    }).sort((x, y) => x - y);
    const { low, high } = selfAgreement(ratings, { seed: 4 }).alpha_interval ?? { low: 0, high: 0 };
    expect(low).toBeCloseTo(quantile(alphas, 0.013868537211135424), 9);
    expect(high).toBeCloseTo(quantile(alphas, 1 - 0.013868537211135424), 9);
    expect(selfAgreement([A.map(() => 5), B.map(() => 5)]).alpha_interval).toBeNull();
  });

  it("holds the alpha of very many items in 95 % of cases", () => {
    const random = createRandom(6);
    const pairs = (n: number): number[][] => {
      const quality = Array.from({ length: n }, () => 5 + 2.5 * random.gaussian());
      const rate = (x: number): number => Math.round(x + random.gaussian());
      return [quality.map(rate), quality.map(rate)];
    };
    const truth = krippendorffAlpha(pairs(50_000)) ?? Number.NaN;
    const rounds = 400;
    let held = 0;
    for (let seed = 0; seed < rounds; seed++) {
      const { low, high } = selfAgreement(pairs(30), { seed }).alpha_interval ?? {
        low: Number.NaN,
        high: Number.NaN,
      };
      held += low <= truth && truth <= high ? 1 : 0;
    }
    expect(Math.abs(held / rounds - 0.95)).toBeLessThan(0.0327); // three binomial standard errors
  });

  it("has no interval of fewer than six items, which would hold alpha too rarely", () => {
    const first = (n: number): number[][] => [A.slice(0, n), B.slice(0, n)];
    expect(selfAgreement(first(5)).alpha_interval).toBeNull();
    expect(selfAgreement(first(6)).alpha_interval).not.toBeNull();
  });

  it("of a judge with itself counts items with two scores", () => {
    const found = selfAgreement([A, B, C]);
    expect(found).toMatchObject({ n: 12, repeats: 3, alpha: krippendorffAlpha([A, B, C]) });
    expect(
      selfAgreement([
        [1, null, 3],
        [1, 2, null],
      ]).n,
    ).toBe(1);
  });
});
