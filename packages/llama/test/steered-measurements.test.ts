import type { Steering, SteeringStep, TextComparison } from "@caa/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TokenEngine } from "../src/engine/token-engine.ts";
import type { LlamaModel } from "../src/model/llama-model.ts";
import { openFixtureModel } from "./fixture-engine.ts";

const prompt = { user: "What do you like about trees?" };
const answer = "They are tall.";
const vector = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
const add = (change: Partial<SteeringStep> = {}): SteeringStep => ({
  name: "waves",
  layer: 1,
  vector,
  multiplier: 2,
  operation: "add",
  positions: "marker",
  ...change,
});

let engine: TokenEngine;
let model: LlamaModel;
beforeAll(async () => {
  ({ engine, model } = await openFixtureModel("grouped-heads"));
});
afterAll(() => model.dispose());

async function compare(steering: Steering, text = answer): Promise<TextComparison> {
  for await (const result of model.compareTexts([{ ...prompt, answer: text }], steering)) {
    return result;
  }
  throw new Error("nothing came");
}

test("texts are compared as running each prefix on its own does", async () => {
  const tokens = await model.explain({ ...prompt, answer }, [add()]);
  const ids = tokens.map(({ id }) => id);
  const marker = tokens.findIndex(({ steps }) => steps.length > 0);
  const softmaxAt = async (length: number, multiplier: number): Promise<readonly number[]> => {
    const step = { layer: 1, vector: 0, operation: "add", from: marker, to: length } as const;
    const { logits } = await engine.forward({
      vectors: [vector],
      sequences: [{ ids: ids.slice(0, length), steps: [{ ...step, multiplier }] }],
      logits: [{ sequence: 0, position: length - 1 }],
    });
    const weights = [...(logits[0] ?? [])].map(Math.exp);
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / sum);
  };
  const { plain, steered, divergence } = await compare([add()]);
  expect(plain).toHaveLength(ids.length - marker - 1);
  for (const [i, log] of plain.entries()) {
    const length = marker + 1 + i;
    const [p, q] = [await softmaxAt(length, 0), await softmaxAt(length, 2)];
    const token = ids[length] ?? -1;
    expect(log).toBeCloseTo(Math.log(p[token] ?? 0), 4);
    expect(steered[i]).toBeCloseTo(Math.log(q[token] ?? 0), 4);
    const slow = p.reduce((sum, x, t) => sum + x * Math.log(x / (q[t] ?? 0)), 0);
    expect(divergence[i]).toBeCloseTo(slow, 4);
    expect(slow).toBeGreaterThan(1e-3);
  }
});

test("without steering nothing diverges, and the plain side is that of logProbabilities", async () => {
  const { plain, steered, divergence } = await compare([]);
  expect(steered).toEqual(plain);
  expect(divergence.every((x) => x === 0)).toBe(true);
  const tokens = (await model.explain({ ...prompt, answer }, []))
    .slice(-plain.length)
    .map(({ id }) => id);
  for await (const logs of model.logProbabilities([{ prompt, tokens }])) {
    logs.forEach((log, i) => expect(log).toBeCloseTo(plain[i] ?? 0, 4));
  }
  expect(await compare([add()], "")).toEqual({ plain: [], steered: [], divergence: [] });
});

test("a text that is too long for the context is an error", async () => {
  await expect(compare([add()], "tree ".repeat(3000))).rejects.toMatchObject({
    code: "context-length",
  });
});

test("doses are the ratio of lengths at the steered positions of the plain model", async () => {
  const asked = { ...prompt, answers: ["(A)", "(B)"] };
  const steerings = [
    [],
    [add()],
    [add({ layer: 2, multiplier: -1, positions: "after-marker" })],
    [add({ layer: 0, multiplier: 0.5, positions: "all" })],
    [add({ operation: "ablate" })],
    [add(), add({ layer: 2 })],
  ];
  const ids = (await model.explain({ ...prompt, answer: "(" }, [])).map(({ id }) => id);
  const slow = async (layer: number, first: number, length: number): Promise<number> => {
    let sum = 0;
    for (let position = first; position < ids.length; position++) {
      const { residual } = await engine.forward({
        vectors: [],
        sequences: [{ ids, steps: [] }],
        residual: { layers: [layer], places: [{ sequence: 0, position }] },
      });
      sum += length / Math.hypot(...(residual[0] ?? []));
    }
    return sum / (ids.length - first);
  };
  const length = Math.hypot(...vector);
  for await (const results of model.choiceProbabilities([asked], steerings)) {
    const doses = results.map(({ relativeDose }) => relativeDose);
    const marker = results[1]?.steered?.first ?? Number.NaN;
    expect(ids.length).toBe(results[0]?.promptLength);
    expect(doses[1]).toBeCloseTo(await slow(1, marker, 2 * length), 5);
    expect(doses[2]).toBeCloseTo(await slow(2, marker + 1, length), 5);
    expect(doses[3]).toBeCloseTo(await slow(0, 0, length / 2), 5);
    expect([doses[0], doses[4], doses[5]]).toEqual([null, null, null]);
    // Reading doses changes no probability.
    for (const [i, steering] of steerings.entries()) {
      for await (const [alone] of model.choiceProbabilities([asked], [steering])) {
        alone?.probabilities.forEach((p, answerIndex) =>
          expect(p).toBeCloseTo(results[i]?.probabilities[answerIndex] ?? 0, 6),
        );
      }
    }
  }
});
