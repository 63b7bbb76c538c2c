import { describe, expect, it } from "vitest";
import type { Probe, ProbedToken } from "../model/probe.ts";
import type { SteeringStep } from "../model/steering.ts";
import { norm } from "../vectors/vectors.ts";
import { FakeModel } from "./fake-model.ts";

const model = new FakeModel();
const TEXT = { user: "a b", answer: "the old mill" }; // 4 tokens of prompt, 3 of answer
const layers = [0, 1, 2, 3, 4, 5];
const probes: readonly Probe[] = layers.map((layer) => ({
  name: "planted",
  layer,
  vector: model.planted(layer),
}));
const step = (rest: Partial<SteeringStep> = {}): SteeringStep => ({
  name: "planted",
  layer: 2,
  vector: model.planted(2),
  multiplier: 3,
  operation: "add",
  positions: "marker",
  ...rest,
});
const dots = (tokens: readonly ProbedToken[]): number[][] =>
  tokens.map(({ scores }) => scores.map((score) => score.dot));

describe("trace", () => {
  it("sees what steering adds, at the steered tokens, from its layer on", async () => {
    const plain = dots(await model.trace(TEXT, probes));
    const tokens = await model.trace(TEXT, probes, { steering: [step()] });
    const v = probes[2]?.vector ?? new Float32Array();
    expect(tokens.map(({ isSteered }) => isSteered)).toEqual([0, 0, 0, 1, 1, 1, 1].map(Boolean));
    expect(tokens.map(({ isPrompt }) => isPrompt)).toEqual([1, 1, 1, 1, 0, 0, 0].map(Boolean));
    for (const [position, row] of dots(tokens).entries()) {
      for (const [layer, dot] of row.entries()) {
        const other = probes[layer]?.vector ?? v;
        const added =
          position >= 3 && layer >= 2 ? 3 * v.reduce((s, x, i) => s + x * (other[i] ?? 0), 0) : 0;
        expect(dot - (plain[position]?.[layer] ?? Number.NaN)).toBeCloseTo(added, 5);
      }
    }
  });

  it("is what generation tells of the same text, token by token with the text", async () => {
    const seen: ProbedToken[] = [];
    const order: string[] = [];
    const steering = [step()];
    const [generation] = await model.generate([{ prompt: { user: "a b" }, steering }], {
      maxNewTokens: 6,
      probes,
      onText: ({ text }) => order.push(text),
      onToken: ({ request, ...token }) => {
        expect(request).toBe(0);
        seen.push(token);
        order.push(token.text);
      },
    });
    const answer = generation?.text ?? "";
    expect(seen).toEqual(await model.trace({ user: "a b", answer }, probes, { steering }));
    expect(seen.map(({ id }) => id)).toEqual([
      ...(generation?.promptTokens ?? []),
      ...(generation?.tokens ?? []),
    ]);
    expect(order.slice(4, 6).map((text) => text.trim())).toEqual(
      Array.from({ length: 2 }, () => answer.split(" ")[0]),
    );
  });

  it("does not look ahead, and refuses probes that do not fit", async () => {
    const whole = dots(await model.trace(TEXT, probes));
    expect(dots(await model.trace({ ...TEXT, answer: "the" }, probes))).toEqual(whole.slice(0, 5));
    for (const [change, code] of [
      [{ layer: 6 }, "invalid-argument"],
      [{ vector: new Float32Array(3) }, "shape-mismatch"],
      [{ vector: new Float32Array(16) }, "invalid-argument"],
    ] as const) {
      const [probe] = probes;
      const wrong = probe === undefined ? [] : [{ ...probe, ...change }];
      await expect(model.trace(TEXT, wrong)).rejects.toMatchObject({ code });
      await expect(
        model.generate([{ prompt: { user: "a" } }], { probes: wrong }),
      ).rejects.toMatchObject({ code });
    }
  });
});

describe("explain", () => {
  it("gives the length of what each step changes, and its share of the stream before", async () => {
    const steps = [
      step(),
      step({ operation: "ablate", multiplier: 1, layer: 4, vector: model.planted(4) }),
    ];
    const tokens = await model.explain(TEXT, steps);
    const [add, ablate] = tokens.at(-1)?.steps ?? [];
    expect(add?.changeNorm).toBeCloseTo(3 * norm(model.planted(2)), 5);
    // What is ablated is the projection on the direction, which a trace of the run without the step has.
    const traced = await model.trace(TEXT, probes, { steering: steps.slice(0, 1) });
    const { dot = 0, cosine = 0 } = traced.at(-1)?.scores[4] ?? {};
    expect(ablate?.changeNorm).toBeCloseTo(Math.abs(dot) / norm(model.planted(4)), 5);
    expect(ablate?.relativeChange).toBeCloseTo(Math.abs(cosine), 5);
  });
});

describe("lens", () => {
  it("has probabilities of the whole vocabulary, by layer, position and place", async () => {
    const { cells, tokens, steered } = await model.lens(TEXT, {
      layers: [1, 3],
      positions: "all",
      top: 99,
    });
    expect(tokens).toHaveLength(7);
    expect(steered).toBeNull();
    const order = cells.map(({ layer, position }) => 10 * layer + position);
    expect(order).toEqual(
      [10, 11, 12, 13, 14, 15, 16, 30, 31, 32, 33, 34, 35, 36].flatMap((one) => [
        one,
        one,
        one,
        one,
      ]),
    );
    for (const { top } of cells) {
      expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      expect(top).toEqual([...top].sort((a, b) => b.probability - a.probability));
    }
    const last = await model.lens(TEXT, { layers: [3], top: 2 });
    expect(last.cells.map(({ position, place, top }) => [position, place, top.length])).toEqual([
      [6, "attention-output", 2],
      [6, "residual-after-attention", 2],
      [6, "mlp-output", 2],
      [6, "block-output", 2],
    ]);
  });

  it("shows the words that steering brings from the block output of its layer on", async () => {
    const options = { layers: [1, 2, 3], top: 1 };
    const plain = await model.lens(TEXT, options);
    const steered = await model.lens(TEXT, { ...options, steering: [step({ multiplier: 20 })] });
    expect(steered.cells.slice(0, 7)).toEqual(plain.cells.slice(0, 7));
    expect(steered.cells[7]).not.toEqual(plain.cells[7]);
    expect(steered.cells[7]?.top[0]?.text).toMatch(/ (certainly|indeed|gladly|yes)/);
    expect(steered.steered).toEqual({ first: 3, count: 4 });
  });

  it("refuses what is not there", async () => {
    await expect(model.lens(TEXT, { layers: [6] })).rejects.toThrow(/layer 0 to 5, got 6/);
    await expect(model.lens(TEXT, { layers: [0], positions: [7] })).rejects.toThrow(
      /position 0 to 6, got 7/,
    );
  });
});
