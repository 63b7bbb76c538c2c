import { cosine, createRandom, randomDirection } from "@caa/core";
import { describe, expect, it } from "vitest";
import { cosineBand, cosineColor, cosineScale } from "./cosine-scale.ts";

describe("cosineBand", () => {
  it("is exact where the distribution is a simple one", () => {
    // In 3 dimensions a cosine is even on [-1, 1] (Archimedes); in 2 the angle is even.
    expect(cosineBand(3)).toBeCloseTo(0.95, 7);
    expect(cosineBand(3, 0.5)).toBeCloseTo(0.5, 7);
    expect(cosineBand(2)).toBeCloseTo(Math.cos((0.05 * Math.PI) / 2), 7);
  });

  it.each([16, 576])(
    "holds its share of random directions of %i dimensions, whatever h is",
    (d) => {
      const random = createRandom(d);
      const lopsided = Float32Array.from({ length: d }, (_, i) =>
        i === 0 ? 50 : random.gaussian(),
      );
      const plain = Float32Array.from({ length: d }, () => 1 + random.uniform());
      const n = 2_000;
      const directions = Array.from({ length: n }, (_, i) => randomDirection(d, 3, i));
      for (const h of [lopsided, plain]) {
        const within = directions.filter((u) => Math.abs(cosine(h, u)) < cosineBand(d)).length;
        // Four standard errors of a share of n.
        expect(Math.abs(within / n - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / n));
      }
    },
  );

  it("refuses what has no distribution", () => {
    expect(() => cosineBand(1)).toThrow(/2 dimensions or more, got 1/);
    expect(() => cosineBand(10, 1)).toThrow(/confidence between 0 and 1/);
  });
});

describe("cosineColor", () => {
  const scale = cosineScale(576);

  it("is white within the band, and of the side of the cosine beyond, to the limit", () => {
    const { band, limit } = scale;
    expect([0, band, -band].map((one) => cosineColor(one, scale))).toEqual(
      Array(3).fill("#ffffff"),
    );
    expect(cosineColor(limit, scale)).toBe("#005493");
    expect(cosineColor(-1, scale)).toBe("#b04000");
    expect(cosineColor(band + 0.2 * (limit - band), scale)).toBe("#ccdde9"); // a fifth of the way to blue
    expect(limit).toBeCloseTo(5 * band, 12);
  });

  it("has a limit above the band in every size", () => {
    for (const d of [2, 3, 16, 128, 4096]) {
      const { band, limit } = cosineScale(d);
      expect(limit).toBeGreaterThan(band);
      expect(limit).toBeLessThanOrEqual(1);
    }
  });
});
