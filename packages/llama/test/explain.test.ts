import { applySteering, type SteeringStep } from "@caa/core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { TokenEngine } from "../src/engine/token-engine.ts";
import type { LlamaModel } from "../src/model/llama-model.ts";
import { openFixtureModel, step } from "./fixture-engine.ts";
import { SlowLlama } from "./slow-llama.ts";

const text = { user: "What do you like about trees?", answer: "They are tall." };
const waves = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
const hills = Float32Array.from({ length: 32 }, (_, i) => Math.cos(i * i));
const add = (change: Partial<SteeringStep> = {}): SteeringStep => ({
  name: "waves",
  layer: 1,
  vector: waves,
  multiplier: 2,
  operation: "add",
  positions: "marker",
  ...change,
});

let engine: TokenEngine;
let model: LlamaModel;
let slow: SlowLlama;
beforeAll(async () => {
  const opened = await openFixtureModel("grouped-heads");
  ({ engine, model } = opened);
  slow = new SlowLlama(opened.checkpoint);
});
afterAll(() => model.dispose());

const length = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));

test("each step changes what the slow model's stream says, steps of other layers and of its own included", async () => {
  const steering = [
    add({ layer: 1 }),
    add({ layer: 0, multiplier: -1, positions: "after-marker" }),
    add({ layer: 1, operation: "clamp", vector: hills, multiplier: 0.5 }),
    add({ layer: 1, operation: "ablate", multiplier: 0.7 }),
    add({ layer: 2, operation: "ablate", multiplier: 1, vector: hills, positions: "all" }),
  ];
  const tokens = await model.explain(text, steering);
  const marker = tokens.findIndex(({ steps }) => steps.length > 1);
  const starts = [marker, marker + 1, marker, marker, 0];
  const blocks = slow.blocks(
    tokens.map(({ id }) => id),
    steering.map(({ layer, operation, multiplier, vector }, i) =>
      step({
        layer,
        operation,
        multiplier,
        vector: vector === waves ? 0 : 1,
        from: starts[i] ?? 0,
      }),
    ),
    [waves, hills],
  );
  for (const { position, steps } of tokens) {
    const acting = steering.filter((_, i) => position >= (starts[i] ?? 0));
    expect(
      steps.map(({ name, layer, multiplier, operation }) => [name, layer, multiplier, operation]),
    ).toEqual(
      acting.map(({ name, layer, multiplier, operation }) => [name, layer, multiplier, operation]),
    );
    const start = (layer: number) => blocks[layer]?.before[position] ?? new Float64Array();
    const at = (...indices: readonly number[]) => steering.filter((_, i) => indices.includes(i));
    const ablated = applySteering(start(1), at(3));
    const clamped = applySteering(ablated, at(2));
    const expected = [
      [clamped, applySteering(clamped, at(0))],
      [start(0), applySteering(start(0), at(1))],
      [ablated, clamped],
      [start(1), ablated],
      [start(2), applySteering(start(2), at(4))],
    ].filter((_, i) => position >= (starts[i] ?? 0));
    expected.forEach(([before = [], after = []], i) => {
      const norm = length(Array.from(after, (x, j) => x - (before[j] ?? 0)));
      expect(Math.abs((steps[i]?.changeNorm ?? Number.NaN) / norm - 1)).toBeLessThan(1e-4);
      const share = norm / length(before);
      expect(Math.abs((steps[i]?.relativeChange ?? Number.NaN) / share - 1)).toBeLessThan(1e-4);
    });
  }
  expect(tokens.at(-1)?.steps).toHaveLength(5);
  expect(tokens[0]?.steps).toHaveLength(1);
});

test("an added vector changes by its length times the multiplier", async () => {
  const tokens = await model.explain(text, [add({ multiplier: -3 })]);
  const acting = tokens.flatMap(({ steps }) => steps);
  expect(acting.length).toBeGreaterThan(3);
  for (const { changeNorm } of acting) {
    expect(changeNorm).toBeCloseTo(3 * length(waves), 5);
  }
});

test("what acts on none of the tokens that are there is told without a run, and all layers take one job", async () => {
  using forward = vi.spyOn(engine, "forward");
  const prompt = { user: text.user };
  const tokens = await model.explain(prompt, [add({ positions: "generated" })]);
  expect(tokens.flatMap(({ steps }) => steps)).toEqual([]);
  expect(forward).not.toHaveBeenCalled();
  const steered = await model.explain(
    prompt,
    [0, 1, 2].map((layer) => add({ layer })),
  );
  expect(steered.at(-1)?.steps).toHaveLength(3);
  expect(forward).toHaveBeenCalledTimes(1);
});

test("too long and too strong are errors", async () => {
  const code = (value: string): unknown => expect.objectContaining({ code: value });
  const strong = [add({ layer: 0, multiplier: 1e300 }), add()];
  await expect(model.explain(text, strong)).rejects.toEqual(code("invalid-data"));
  const long = { ...text, answer: "tree ".repeat(3000) };
  await expect(model.explain(long, [])).rejects.toEqual(code("context-length"));
  await expect(model.explain(text, [add()], { signal: AbortSignal.abort() })).rejects.toEqual(
    code("aborted"),
  );
  const none = [add({ operation: "ablate", vector: new Float32Array(32) })];
  await expect(model.explain(text, none)).rejects.toEqual(code("invalid-argument"));
});
