import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dot, randomDirection, SteeringVectors } from "@caa/core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { plantedItems } from "../../test/planted-model.ts";
import { fake, pairs, testItems, tuningOf } from "../../test/tuning.ts";
import { choiceQuestions } from "../choice/question.ts";
import { generateVectors } from "../vectors/generate-vectors.ts";
import { tuneSteering } from "./tune.ts";
import type { TuneOptions } from "./tune-options.ts";
import { tuneResultSchema } from "./tune-result.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "caa-tune-"));
});
afterEach(() => rm(root, { recursive: true }));

let vectors: SteeringVectors;
/** Of a model in which nothing is planted. */
let noise: SteeringVectors;
beforeAll(async () => {
  vectors = await generateVectors(fake(), pairs);
  const nothing = await generateVectors(fake({ effect: 0 }), pairs);
  noise = nothing.scaled(() => 1, { modelHash: vectors.metadata.modelHash });
});

const setup = (model = fake(), changes: Partial<TuneOptions> = {}): TuneOptions =>
  tuningOf(vectors, join(root, "cells"), model, changes);

describe("tuneSteering", () => {
  it("finds the layer, and the most that the guard lets pass", async () => {
    const result = await tuneSteering(setup());
    expect(result.refusals).toEqual([]);
    expect(result.chosen).toEqual({ layer: 2, multiplier: 1, plan: "agreeing:2:1" });
    // At twice the vector the fake model's words are no longer its own.
    const [first] = result.candidates;
    expect(first).toMatchObject({ layer: 2, multiplier: 2, passed: false });
    expect(first?.checks).toContainEqual(
      expect.objectContaining({ guard: "divergence", passed: false, n: 2 }),
    );
    expect(result.candidates.at(-1)).toMatchObject({ layer: 2, multiplier: 1, passed: true });
    expect(result.candidates.at(-1)?.checks.map(({ guard, passed }) => [guard, passed])).toEqual([
      ["letter_mass", true],
      ["divergence", true],
      ["perplexity_ratio", true],
      ["repetition_rise", true],
      ["mmlu_drop", null],
    ]);
    const { report, grid, items } = result;
    expect(grid).toHaveLength(5 * 3);
    expect(items).toEqual({ choose: 8, report: 8, leftOut: 0 });
    expect(report?.n).toBe(8);
    expect(report?.gain.bootstrap?.low).toBeGreaterThan(0.05);
    expect(report?.gain.mean).toBeCloseTo(
      (report?.steered?.mean ?? 0) - (report?.plain?.mean ?? 0),
      9,
    );
    expect(report?.controls).toHaveLength(7);
    expect(report?.chance).toBe(1 / 8);
    expect(tuneResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it("recommends nothing where steering moves nothing, without asking a guard", async () => {
    const unmoved = fake({ favored: ({ user }) => (user.length % 2 === 0 ? 0 : 1) });
    const result = await tuneSteering(setup(unmoved, { multipliers: [0.01] }));
    expect(result).toMatchObject({ refusals: ["no-gain"], candidates: [], chosen: null });
  });

  it("recommends nothing where random directions do as much", async () => {
    const model = fake();
    // A little along the planted direction, the rest across it: less than the luckiest random direction has.
    const blunt = vectors.layers.map((layer) => {
      const planted = model.planted(layer);
      const other = randomDirection(16, 2, 50 + layer);
      const along = 0.2 - dot(other, planted) / dot(planted, planted);
      return [layer, other.map((x, i) => x + along * (planted[i] ?? 0))] as const;
    });
    const result = await tuneSteering(
      setup(model, {
        vectors: new SteeringVectors({ vectors: new Map(blunt), metadata: vectors.metadata }),
        harmless: null,
      }),
    );
    expect(result.reliability.map(({ reliable }) => reliable)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(result.refusals).toEqual(["within-controls"]);
    expect(result.report?.gain.bootstrap?.low).toBeGreaterThan(0);
    expect(result.report?.chance).toBeGreaterThan(1 / 8);
  });

  it("leaves out layers whose vector chance explains, and runs nothing when that is all", async () => {
    const model = fake();
    const result = await tuneSteering(
      setup(model, {
        vectors: noise,
        layers: [0, 1],
      }),
    );
    expect(result.reliability.map(({ layer }) => layer)).toEqual([0, 1]);
    expect(result.refusals).toEqual(["unreliable"]);
    expect(model.promptsHandled).toBe(0);
  });

  it("says when every candidate costs too much", async () => {
    const result = await tuneSteering(
      setup(undefined, { limits: { divergence: 1e-9 }, maxCandidates: 2 }),
    );
    expect(result).toMatchObject({ refusals: ["damaged"], chosen: null, report: null });
    expect(result.candidates).toHaveLength(2);
  });

  it("asks MMLU last, and steers away by multipliers below zero", async () => {
    const mmlu = choiceQuestions({
      path: "mmlu.json",
      hash: "f".repeat(64),
      behavior: "mmlu",
      items: plantedItems(8).items.map((item, i) => ({
        prompt: `Fact: ${item.question}`,
        correct: item.answer_matching_behavior,
        incorrect: item.answer_not_matching_behavior,
        correctLetter: item.matchingLetter,
        incorrectLetter: item.notMatchingLetter,
        correct_full_text: "agree",
        incorrect_full_text: "refuse",
        category: i % 2 === 0 ? "rivers" : "arithmetic",
      })),
    });
    const away = { multipliers: [-1], mmlu, harmless: null, openEnded: null };
    const harmed = await tuneSteering(setup(undefined, away));
    expect(harmed.refusals).toEqual(["damaged"]);
    expect(harmed.candidates[0]?.checks.at(-1)).toMatchObject({
      guard: "mmlu_drop",
      passed: false,
      n: 8,
    });
    const free = await tuneSteering(setup(undefined, { ...away, limits: { mmluDrop: 1 } }));
    expect(free.chosen?.plan).toBe("agreeing:2:-1");
    expect(free.report?.gain.mean).toBeGreaterThan(0.1);
    expect(free.report?.steered?.mean).toBeLessThan(free.report?.plain?.mean ?? 0);
  });

  it.each([
    ["a multiplier of 0", { multipliers: [0, 1] }, "invalid-argument"],
    ["no controls", { controls: 0 }, "invalid-argument"],
    ["no layers", { layers: [] }, "empty-selection"],
    ["a limit that is no number", { limits: { mmluDrop: Number.NaN } }, "invalid-argument"],
    ["a gain below zero", { minGain: -1 }, "invalid-argument"],
    ["a layer without vector", { layers: [7] }, "incompatible-vector"],
    ["too few items", { dataset: testItems(2) }, "empty-selection"],
  ] satisfies ReadonlyArray<readonly [string, Partial<TuneOptions>, string]>)(
    "refuses %s",
    async (_, changes, code) => {
      await expect(tuneSteering(setup(undefined, changes))).rejects.toMatchObject({ code });
    },
  );
});
