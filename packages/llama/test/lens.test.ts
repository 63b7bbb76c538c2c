import { LENS_PLACES, type LensOptions, type LensReading, type SteeringStep } from "@caa/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCheckpoint } from "../src/checkpoint/open-checkpoint.ts";
import { TokenEngine } from "../src/engine/token-engine.ts";
import { phantomFolder } from "../src/phantom/phantom-folder.ts";
import type { LlamaModel } from "../src/model/llama-model.ts";
import { expectedOf, fixtureFolder, openFixtureModel, step } from "./fixture-engine.ts";
import { SlowLlama } from "./slow-llama.ts";

const layers = [0, 1, 2];
const text = { user: "What do you like about trees?", answer: "They are tall." };
const vector = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
const add: SteeringStep = {
  name: "waves",
  layer: 1,
  vector,
  multiplier: 2,
  operation: "add",
  positions: "marker",
};

let engine: TokenEngine;
let model: LlamaModel;
let slow: SlowLlama;
beforeAll(async () => {
  const opened = await openFixtureModel("grouped-heads");
  ({ engine, model } = opened);
  slow = new SlowLlama(opened.checkpoint);
});
afterAll(() => model.dispose());

const read = (options: Partial<LensOptions> = {}): Promise<LensReading> =>
  model.lens(text, { layers, ...options });

describe("every cell is what a slow model in float64 computes", () => {
  test.each([
    ["plain", []],
    ["steered", [add, { ...add, operation: "clamp", multiplier: -1, layer: 0 } as const]],
  ])("%s", async (_, steering) => {
    const { tokens, steered, cells } = await read({ positions: "all", top: 5, steering });
    const first = steered?.first ?? 0;
    const steps = steering.map(({ layer, multiplier, operation }) =>
      step({ layer, multiplier, operation, from: first }),
    );
    const blocks = slow.blocks(
      tokens.map(({ id }) => id),
      steps,
      [vector],
    );
    expect(cells.map(({ layer, position, place }) => [layer, position, place])).toEqual(
      layers.flatMap((layer) =>
        tokens.flatMap((__, position) => LENS_PLACES.map((place) => [layer, position, place])),
      ),
    );
    for (const { layer, position, place, top } of cells) {
      const row = blocks[layer]?.places[place][position] ?? new Float64Array();
      const expected = slow.readout(row);
      const ranked = [...expected].sort((a, b) => b - a);
      expect(top).toHaveLength(5);
      top.forEach(({ id, text: spelled, probability }, i) => {
        expect(Math.abs(probability - (expected[id] ?? 0))).toBeLessThanOrEqual(1e-5);
        expect(Math.abs(probability - (ranked[i] ?? 0))).toBeLessThanOrEqual(1e-5);
        expect(spelled).not.toBe("");
      });
      expect(new Set(top.map(({ id }) => id)).size).toBe(5);
    }
  });
});

test("all tokens of the vocabulary add up to 1", async () => {
  const { cells } = await read({ top: model.info.vocabularySize });
  for (const { top } of cells) {
    expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
  }
});

test("steering changes nothing before its layer and its first token", async () => {
  const plain = await read({ positions: "all" });
  const steered = await read({ positions: "all", steering: [add] });
  const first = steered.steered?.first ?? Number.NaN;
  expect(plain.steered).toBeNull();
  expect(steered.tokens).toEqual(plain.tokens);
  const changed = steered.cells.filter(
    (cell, i) => JSON.stringify(cell) !== JSON.stringify(plain.cells[i]),
  );
  const expected = steered.cells.filter(({ layer, place, position }) => {
    const isSteered = layer === add.layer && place === "block-output";
    return position >= first && (layer > add.layer || isSteered);
  });
  expect(changed).toEqual(expected);
});

test("the last token alone, some tokens and some layers are the same cells as all of them", async () => {
  const all = await read({ positions: "all" });
  const last = all.tokens.length - 1;
  const some = async (options: Partial<LensOptions>, positions: readonly number[]) => {
    const { cells } = await read(options);
    const wanted = all.cells.filter(
      ({ layer, position }) =>
        (options.layers ?? layers).includes(layer) && positions.includes(position),
    );
    expect(cells.map(({ layer, position, place }) => [layer, position, place])).toEqual(
      wanted.map(({ layer, position, place }) => [layer, position, place]),
    );
    cells.forEach(({ top }, i) =>
      top.forEach(({ probability }, j) =>
        expect(probability).toBeCloseTo(wanted[i]?.top[j]?.probability ?? Number.NaN, 5),
      ),
    );
  };
  await some({}, [last]);
  await some({ positions: [0, 3, last - 1], layers: [1] }, [0, 3, last - 1]);
});

test("more rows than one run of the readout may have are read out in parts", async () => {
  const { config, tensors } = await openCheckpoint(phantomFolder());
  const opened = await TokenEngine.open(config, tensors, { device: "cpu", threads: 1 });
  const ids = Array.from({ length: 240 }, (_, i) => (i * 37) % 2000);
  const job = { vectors: [], sequence: { ids, steps: [] }, top: 2 };
  const all = [...Array(config.num_hidden_layers).keys()];
  const together = await opened.lens({ ...job, layers: all, positions: [...ids.keys()] });
  expect(together.topTokens.length / 2).toBeGreaterThan(2 ** 24 / config.vocab_size);
  const last = await opened.lens({ ...job, layers: [8], positions: [239] });
  expect(together.topTokens.slice(-8)).toEqual(last.topTokens);
  last.topProbabilities.forEach((p, i) =>
    expect(together.topProbabilities.at(i - 8)).toBeCloseTo(p, 5),
  );
  await opened.dispose();
});

test("a text longer than one run is read in pieces", async () => {
  const ids = Array.from({ length: 800 }, (_, i) => (i * 37) % 250);
  const job = { vectors: [vector], layers: [0, 2], top: 3 };
  const sequence = { ids, steps: [step({ from: 700 })] };
  const positions = [5, 700, 767, 768, 799];
  const together = await engine.lens({ ...job, sequence, positions });
  expect(together.topProbabilities).toHaveLength(2 * positions.length * 4 * 3);
  const { probabilities } = await engine.forward({
    vectors: [vector],
    sequences: [sequence],
    probabilities: positions.map((position, i) => ({
      sequence: 0,
      position,
      tokens: [...together.topTokens.subarray(cellOf(1, i) * 3, (cellOf(1, i) + 1) * 3)],
    })),
  });
  positions.forEach((_, i) =>
    probabilities[i]?.forEach((p, j) =>
      expect(together.topProbabilities[cellOf(1, i) * 3 + j]).toBeCloseTo(p, 5),
    ),
  );
  function cellOf(layer: number, position: number): number {
    return (layer * positions.length + position) * 4 + 3;
  }
});

describe.each([
  ["untied", "float32"],
  ["biases", "float32"],
  ["bf16", "float16"],
] as const)("%s in %s", (name, precision) => {
  test("the last block's output says what the model says next", async () => {
    const { config, tensors } = await openCheckpoint(fixtureFolder(name));
    const opened = await TokenEngine.open(config, tensors, {
      device: "cpu",
      threads: 1,
      precision,
    });
    const ids = expectedOf(name).cases[2]?.tokens ?? [];
    const position = ids.length - 1;
    const { topTokens, topProbabilities } = await opened.lens({
      vectors: [],
      sequence: { ids, steps: [] },
      layers: [config.num_hidden_layers - 1],
      positions: [position],
      top: 4,
    });
    const tokens = [...topTokens.subarray(12)];
    const { probabilities } = await opened.forward({
      vectors: [],
      sequences: [{ ids, steps: [] }],
      probabilities: [{ sequence: 0, position, tokens }],
    });
    probabilities[0]?.forEach((p, i) => expect(topProbabilities[12 + i]).toBeCloseTo(p, 5));
    expect(new Set(tokens).size).toBe(4);
    await opened.dispose();
  });
});

test("what cannot be read is an error", async () => {
  const code = (value: string): unknown => expect.objectContaining({ code: value });
  await expect(read({ layers: [] })).rejects.toEqual(code("empty-selection"));
  await expect(read({ positions: [] })).rejects.toEqual(code("empty-selection"));
  await expect(read({ layers: [3] })).rejects.toEqual(code("invalid-argument"));
  await expect(read({ layers: [1, 0] })).rejects.toEqual(code("invalid-argument"));
  await expect(read({ positions: [-1] })).rejects.toEqual(code("invalid-argument"));
  await expect(read({ positions: [1000] })).rejects.toEqual(code("invalid-argument"));
  await expect(read({ top: 0 })).rejects.toEqual(code("invalid-argument"));
  await expect(read({ top: 289 })).rejects.toEqual(code("invalid-argument"));
  await expect(read({ signal: AbortSignal.abort() })).rejects.toEqual(code("aborted"));
  await expect(read({ steering: [{ ...add, multiplier: 1e300 }] })).rejects.toEqual(
    code("invalid-data"),
  );
  await expect(
    model.lens({ user: text.user }, { layers, steering: [{ ...add, positions: "generated" }] }),
  ).rejects.toEqual(code("empty-selection"));
});
