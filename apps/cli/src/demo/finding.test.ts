import { STEERING_VECTORS_FORMAT, SteeringVectors } from "@caa/core";
import type { JudgedEffect } from "@caa/eval";
import type { PlantedDirections } from "@caa/llama/phantom";
import { describe, expect, it } from "vitest";
import { describeFinding, describeNegativeControl, type JudgedBehavior } from "./finding.ts";

const PLANTED: PlantedDirections = {
  layer: 5,
  controls: ["refusal"],
  directions: [{ behavior: "kind", strength: 12, direction: Float32Array.from([0, 1]) }],
};

function vectorsOf(behavior: string, values: readonly number[]): SteeringVectors {
  return new SteeringVectors({
    vectors: new Map([5, 6].map((layer) => [layer, Float32Array.from(values)])),
    metadata: {
      formatVersion: STEERING_VECTORS_FORMAT,
      behavior,
      modelId: "phantom",
      modelHash: "a".repeat(64),
      architecture: null,
      layerCount: null,
      hookPoint: "resid-post",
      readPosition: "letter",
      dtype: "float32",
      promptStyle: "llama2-chat",
      system: null,
      datasetName: "made up",
      datasetHash: "d".repeat(64),
      pairCount: 1,
      aggregation: "mean-difference",
      normalization: null,
      shuffleSeed: 0,
      contentHash: null,
      provenance: null,
    },
  });
}

interface Made {
  readonly behavior?: string;
  readonly layer?: number;
  readonly mean?: number;
  readonly half?: number;
  readonly verdict?: JudgedEffect["verdict"];
  readonly controls?: readonly number[];
  readonly vector?: readonly number[];
}

function measured({
  behavior: name = "kind",
  layer = 5,
  mean = 0.84,
  half = 0.1,
  verdict = "stands-out",
  controls = [0.01, -0.06],
  vector = [6, 8],
}: Made = {}): JudgedBehavior {
  const ends = { low: mean - half, high: mean + half };
  const change = verdict === "unmeasured" ? null : { mean, t: ends, bootstrap: ends };
  const largestControl = controls.at(-1) ?? 0;
  return {
    vectors: vectorsOf(name, vector),
    judged: {
      effect: { layer, from: -1, to: 1, n: 50, change, confidence: 0.95, letterMass: 1 },
      verdict,
      controls,
      largestControl,
    },
  };
}

describe("describeFinding", () => {
  it("tells of an effect that stands out, where it was planted", () => {
    const { text, found } = describeFinding(measured(), PLANTED);
    expect(found).toBe(true);
    expect(text).toBe(
      "kind, layer 5: +1 instead of -1 moves p(matching) by +0.84 [+0.74, +0.94] on 50 items; 2 random directions of the same norm move it by at most 0.060. The vector moves answers toward the behavior, and no random direction moves them as far. Planted after layer 5: found. There the vector has cosine +0.80 with the planted direction.",
    );
  });

  it("says nothing of planting where nothing is known of it", () => {
    expect(describeFinding(measured(), null).text).toMatch(/moves them as far\.$/);
  });

  it.each([
    ["another layer", { layer: 6 }, true, /Planted after layer 5: found at another layer\./],
    [
      "against the behavior",
      { mean: -0.84 },
      false,
      /away from the behavior.*layer 5: not found\./,
    ],
    [
      "no more than random directions",
      { verdict: "within-controls", controls: [0.9] },
      false,
      /1 random direction of the same norm moves it by at most 0\.90\. A random direction moves it as far, so this says nothing about the direction\..*not found\./,
    ],
    [
      "nothing",
      { mean: 0.01, verdict: "covers-zero" },
      false,
      /\+0\.01 \[-0\.09, \+0\.11\].*The interval covers zero: no effect was found\..*not found\./,
    ],
    [
      "no scores",
      { verdict: "unmeasured" },
      false,
      /by no score on 50 items.*this says nothing\..*not found\./,
    ],
  ] satisfies ReadonlyArray<readonly [string, Made, boolean, RegExp]>)(
    "tells of %s as it is",
    (_, made, found, words) => {
      const finding = describeFinding(measured(made), PLANTED);
      expect(finding.found).toBe(found);
      expect(finding.text).toMatch(words);
      expect(/: found\b/.test(finding.text)).toBe(found);
    },
  );

  it("leaves out the cosine of a zero vector", () => {
    expect(describeFinding(measured({ vector: [0, 0] }), PLANTED).text).not.toContain("cosine");
  });
});

describe("describeNegativeControl", () => {
  const control = (made: Made): ReturnType<typeof describeNegativeControl> =>
    describeNegativeControl(
      measured({ behavior: "refusal", controls: [0.0001], vector: [0, 0.25], ...made }),
      measured(),
    );

  it("says that nothing is found where nothing is, with digits that show how small it is", () => {
    const { text, found } = control({ mean: -0.00005, half: 0.0001, verdict: "covers-zero" });
    expect(found).toBe(false);
    expect(text).toBe(
      "Negative control: refusal, layer 5: +1 instead of -1 moves p(matching) by -0.00005 [-0.00015, +0.00005] on 50 items; 1 random direction of the same norm moves it by at most 0.00010. The interval covers zero: nothing is found where nothing is planted, as it should be. Its vector there has length 0.25, that of kind 10.00.",
    );
  });

  it.each([
    [
      "stands-out",
      true,
      /does not cover zero although nothing is planted, and no random direction moves it as far: the instrument finds something that is not there/,
    ],
    [
      "within-controls",
      false,
      /does not cover zero although nothing is planted, but a random direction moves it as far/,
    ],
    ["unmeasured", false, /Without an interval it says nothing/],
  ] as const)("says so when it is not so: %s", (verdict, found, words) => {
    const finding = control({ mean: 0.2, verdict });
    expect(finding.found).toBe(found);
    expect(finding.text).toMatch(words);
    expect(finding.text).not.toContain("as it should be");
  });
});
