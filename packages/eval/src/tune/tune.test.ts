import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChoicePrompt, dot, randomDirection, SteeringVectors } from "@caa/core";
import { FakeModel, type FakeModelOptions } from "@caa/core/testing";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { plantedItems } from "../../test/planted-model.ts";
import { choiceQuestions } from "../choice/question.ts";
import { generateVectors } from "../vectors/generate-vectors.ts";
import { tuneSteering } from "./tune.ts";
import type { TuneOptions, TuneStage } from "./tune-options.ts";
import { tuneResultSchema } from "./tune-result.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "caa-tune-"));
});
afterEach(() => rm(root, { recursive: true }));

/** Five layers, of which the one in the middle counts most, and answers that agree. */
const fake = (options: FakeModelOptions = {}): FakeModel =>
  new FakeModel({
    layerCount: 5,
    favored: ({ user, answers }: ChoicePrompt) =>
      Math.max(
        0,
        answers.findIndex((answer) => user.includes(`${answer} agree`)),
      ),
    ...options,
  });

const questions = (texts: readonly string[]): TuneOptions["harmless"] => ({
  path: "made-up.json",
  hash: createHash("sha256").update(JSON.stringify(texts)).digest("hex"),
  behavior: "harmless",
  items: texts.map((question) => ({ question })),
});

const pairs = plantedItems(40);
/** Items that ask something else. */
const testItems = (count: number): TuneOptions["dataset"] => ({
  ...pairs,
  hash: "a".repeat(64),
  items: plantedItems(count).items.map((item) => ({ ...item, question: `Test: ${item.question}` })),
});

let vectors: SteeringVectors;
/** Of a model in which nothing is planted. */
let noise: SteeringVectors;
beforeAll(async () => {
  vectors = await generateVectors(fake(), pairs);
  const nothing = await generateVectors(fake({ effect: 0 }), pairs);
  noise = nothing.scaled(() => 1, { modelHash: vectors.metadata.modelHash });
});

function setup(model = fake(), changes: Partial<TuneOptions> = {}): TuneOptions {
  return {
    model,
    vectors,
    dataset: testItems(16),
    pairs,
    dir: join(root, "cells"),
    multipliers: [0.5, 1, 2],
    controls: 7,
    harmless: questions(["How tall are trees?", "What is a lake?"]),
    openEnded: questions(["Where to?", "Question 3?"]),
    mmlu: null,
    ...changes,
  };
}

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

  it("goes on where it was stopped, and measures nothing twice", async () => {
    const few = { layers: [1, 2, 3], multipliers: [1], controls: 3 };
    const all = fake();
    const whole = await tuneSteering(setup(all, { ...few, dir: join(root, "whole") }));
    let prompts = 0;
    let crashes = 0;
    for (let done = false; !done; crashes += done ? 0 : 1) {
      const model = fake({ failAt: 12 });
      const run = tuneSteering(setup(model, few));
      done = await run.then(
        (result) => {
          expect(result).toEqual(whole);
          return true;
        },
        (error: unknown) => {
          expect(error).toMatchObject({ code: "device" });
          return false;
        },
      );
      prompts += model.promptsHandled;
    }
    expect(crashes).toBeGreaterThan(1);
    // What guards read of texts is not kept, since it costs a pass over each; nothing else comes twice but what failed.
    const texts = 2 * whole.candidates.length;
    expect(prompts).toBeLessThanOrEqual(all.promptsHandled + crashes * (texts + 1));
    const again = fake();
    expect(await tuneSteering(setup(again, few))).toEqual(whole);
    expect(again.promptsHandled).toBe(texts);
  });

  it("asks otherwise in the same folder: by another seed, with other questions", async () => {
    const openEnded = questions(["Where to?", "Why?", "When?", "Who?"]);
    const few = { layers: [2], multipliers: [1], controls: 1, openEnded, openEndedItems: 2 };
    const first = await tuneSteering(setup(undefined, few));
    const seeded = await tuneSteering(setup(undefined, { ...few, seed: 1 }));
    expect(seeded.grid).not.toEqual(first.grid);
    const harmless = questions(["How deep is a lake?"]);
    const asked = await tuneSteering(setup(undefined, { ...few, harmless }));
    expect(asked.candidates[0]?.checks.find(({ guard }) => guard === "divergence")?.n).toBe(1);
    expect(await tuneSteering(setup(undefined, few))).toEqual(first);
  });

  it("asks what it keeps back in the report alone, and nothing that the vectors' pairs ask", async () => {
    const asked = new Map<TuneStage, Set<string>>();
    let stage: TuneStage = "choose";
    const model = fake({
      favored: ({ user, answers }: ChoicePrompt) => {
        asked.set(stage, (asked.get(stage) ?? new Set()).add(user));
        return Math.max(
          0,
          answers.findIndex((answer) => user.includes(`${answer} agree`)),
        );
      },
    });
    const dataset = testItems(16);
    const { items } = dataset;
    const twice = { ...pairs, items: [...pairs.items, ...items.slice(0, 4)] };
    const result = await tuneSteering(
      setup(model, {
        pairs: twice,
        dataset,
        harmless: questions(items.map(({ question }) => question.split("\n")[0] ?? "")),
        openEnded: questions(items.map(({ question }) => question.split("\n")[0] ?? "")),
        onProgress: (progress) => (stage = progress.stage),
      }),
    );
    expect(result.items).toEqual({ choose: 6, report: 6, leftOut: 4 });
    const n = (name: string) =>
      result.candidates.at(-1)?.checks.find(({ guard }) => guard === name)?.n;
    expect([n("divergence"), n("repetition_rise")]).toEqual([10, 10]);
    const [choose, controls, report] = (["choose", "controls", "report"] as const).map(
      (name) => asked.get(name) ?? new Set(),
    );
    expect(choose).toEqual(controls);
    expect([choose?.size, report?.size]).toEqual([6, 6]);
    const all = new Set([...(choose ?? []), ...(report ?? [])]);
    expect(all).toEqual(new Set(items.slice(4).map(({ question }) => question)));
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
