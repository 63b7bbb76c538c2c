import { expect, test } from "vitest";
import { studentTQuantile } from "./student-t.ts";

// scipy 1.17.1: scipy.stats.t.ppf(p, v)
const GOLDEN: readonly (readonly [p: number, v: number, t: number])[] = [
  [0.975, 1, 12.706204736174694],
  [0.975, 2, 4.302652729749462],
  [0.95, 3, 2.3533634348018233],
  [0.975, 10, 2.228138851986274],
  [0.995, 49, 2.679951973631552],
  [0.9, 2.5, 1.7302509288071766],
  [0.025, 7, -2.3646242515927844],
  [0.500001, 5, 2.6343055242885355e-6],
  [0.75, 100_000, 0.674492203553292],
  [0.975, 1e9, 1.959963986912325],
  [0.999999999, 4, 234.02761206090787],
  [1e-12, 1, -318309886183.7907],
  [1e-12, 30, -11.397217523311413],
  [0.999, 1000, 3.0984021639129233],
  [0.975, 59.5, 2.0006436102145173],
];

test.each(GOLDEN)("quantile %d of %d degrees of freedom", (p, v, expected) => {
  const error = Math.abs(studentTQuantile(p, v) - expected);
  expect(error).toBeLessThan(
    1e-8 * Math.max(1e-3, Math.min(1, Math.abs(expected))) * Math.max(1, Math.abs(expected)),
  );
});

test("one and two degrees of freedom have closed forms", () => {
  for (let p = 0.01; p < 0.995; p += 0.01) {
    expect(studentTQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 9);
    expect(studentTQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 10);
  }
});

test("is odd around one half and grows with p", () => {
  for (const v of [1, 3, 8.5, 200]) {
    expect(studentTQuantile(0.5, v)).toBe(0);
    expect(studentTQuantile(0.25, v)).toBe(-studentTQuantile(0.75, v));
    let last = -Infinity;
    for (let p = 0.001; p < 1; p += 0.001) {
      const t = studentTQuantile(p, v);
      expect(t).toBeGreaterThan(last);
      last = t;
    }
  }
});

test.each([
  [0, 5],
  [1, 5],
  [Number.NaN, 5],
  [0.9, 0],
  [0.9, Number.NaN],
  [0.9, Infinity],
])("refuses p %d with %d degrees of freedom", (p, v) => {
  expect(() => studentTQuantile(p, v)).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
});
