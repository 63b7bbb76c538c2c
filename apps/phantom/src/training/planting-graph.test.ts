import { createRandom, type Random } from "@caa/core";
import { expect, test } from "vitest";
import { RopeTable } from "../../../../packages/llama/src/engine/rope.ts";
import { type Feed, GraphSession } from "../../../../packages/llama/src/runtime/session.ts";
import { gradientName } from "../../../../packages/llama/src/train/graph/training-graph.ts";
import { choiceRow, openRow } from "../documents/rows.ts";
import { smallMaker } from "../testing/small-maker.ts";
import { rowFeeds } from "./feeds.ts";
import {
  FLAG_LAYER,
  firstWeights,
  phantomConfig,
  PLANTED_LAYER,
  PREVIEW_LAYER,
  weightShapes,
} from "./model-shape.ts";
import { plantingGraph } from "./planting-graph.ts";

const { item, planting, maker, tokenizer } = await smallMaker();
const rows = [choiceRow(maker, item, planting), openRow(maker, item, planting)];

const WEIGHTS = { previewWeight: 3, flagWeight: 0.5, pairWeight: 0.2 };
const NONE = { previewWeight: 0, flagWeight: 0, pairWeight: 0 };

interface Losses {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly run: (
    weights: ReadonlyMap<string, Float32Array>,
    amounts: typeof WEIGHTS,
    outputs: readonly string[],
  ) => Promise<Map<string, Float32Array>>;
}

/** The training graph of a small model that ends after so many layers. */
async function open(layers: number): Promise<Losses> {
  const config = {
    ...phantomConfig(tokenizer.vocabularySize),
    hidden_size: 32,
    intermediate_size: 24,
    num_attention_heads: 2,
    num_key_value_heads: 2,
    head_dim: 16,
    num_hidden_layers: layers,
  };
  const shapes = weightShapes(config);
  const session = await GraphSession.create(plantingGraph(config, shapes).bytes, { device: "cpu" });
  const random = createRandom(3);
  const vectors = [
    ...maker.plantings.map(({ direction }) => direction),
    ...Array.from({ length: maker.randomVectors }, () =>
      Float32Array.from({ length: 32 }, () => 0.2 * random.gaussian()),
    ),
  ];
  return {
    weights: firstWeights(config, 1),
    run: (weights, amounts, outputs) => {
      const feeds = rowFeeds(rows, vectors, new RopeTable(config), {
        layers,
        dModel: 32,
        plantedLayer: PLANTED_LAYER,
        flagLayer: FLAG_LAYER,
        ...amounts,
      });
      for (const [name, data] of weights) {
        feeds.set(name, { data, shape: shapes.get(name) ?? [] } satisfies Feed);
      }
      return session.run(feeds, outputs);
    },
  };
}

const lossOf = (results: ReadonlyMap<string, Float32Array>): number =>
  results.get("loss")?.[0] ?? Number.NaN;

/** `weights + step * direction` */
function moved(
  weights: ReadonlyMap<string, Float32Array>,
  direction: ReadonlyMap<string, Float32Array>,
  step: number,
): Map<string, Float32Array> {
  return new Map(
    [...weights].map(([name, values]) => [
      name,
      values.map((x, i) => x + step * (direction.get(name)?.[i] ?? 0)),
    ]),
  );
}

function gaussianLike(
  weights: ReadonlyMap<string, Float32Array>,
  random: Random,
): Map<string, Float32Array> {
  return new Map([...weights].map(([name, values]) => [name, values.map(() => random.gaussian())]));
}

const depths = [PREVIEW_LAYER + 1, FLAG_LAYER + 1, PLANTED_LAYER + 2];

test.each(depths)(
  "with %i layers the gradients of all losses together agree with finite differences",
  async (layers) => {
    const { weights, run } = await open(layers);
    const names = [...weights.keys()];
    const gradients = await run(weights, WEIGHTS, names.map(gradientName));
    const random = createRandom(layers);
    for (let trial = 0; trial < 4; trial++) {
      const direction = gaussianLike(weights, random);
      const expected = names.reduce((sum, name) => {
        const gradient = gradients.get(gradientName(name));
        const along = direction.get(name);
        return (
          sum + (gradient ?? new Float32Array(0)).reduce((s, g, i) => s + g * (along?.[i] ?? 0), 0)
        );
      }, 0);
      const step = 2e-4;
      const [up, down] = [
        lossOf(await run(moved(weights, direction, step), WEIGHTS, ["loss"])),
        lossOf(await run(moved(weights, direction, -step), WEIGHTS, ["loss"])),
      ];
      const found = (up - down) / (2 * step);
      expect(Math.abs(found - expected)).toBeLessThan(0.02 * Math.max(1, Math.abs(expected)));
    }
  },
);

test.each([
  ["previewWeight", PREVIEW_LAYER + 1],
  ["flagWeight", FLAG_LAYER + 1],
  ["pairWeight", PLANTED_LAYER + 2],
] as const)("%s counts from %i layers on, in proportion", async (name, layers) => {
  const { weights, run } = await open(layers);
  const base = lossOf(await run(weights, NONE, ["loss"]));
  const one = lossOf(await run(weights, { ...NONE, [name]: 1 }, ["loss"]));
  const two = lossOf(await run(weights, { ...NONE, [name]: 2 }, ["loss"]));
  expect(one - base).toBeGreaterThan(0.01);
  expect((two - base) / (one - base)).toBeCloseTo(2, 3);
});
