import { afterEach, beforeEach, expect, test } from "vitest";
import { LENS_PLACES } from "@caa/core";
import type { Checkpoint } from "../src/checkpoint/open-checkpoint.ts";
import { ForwardPass } from "../src/engine/forward-pass.ts";
import type { LensJob } from "../src/engine/jobs.ts";
import { pieces, runNodes } from "../src/engine/run-nodes.ts";
import { TokenEngine } from "../src/engine/token-engine.ts";
import { buildTokenTree } from "../src/engine/token-tree.ts";
import { llamaGraph } from "../src/graph/llama-graph.ts";
import { GraphSession } from "../src/runtime/session.ts";
import { openFixture, relativeDifference, step } from "./fixture-engine.ts";
import { SlowLlama } from "./slow-llama.ts";

const options = { device: "cpu", threads: 1 } as const;
const ids = Array.from({ length: 12 }, (_, i) => (i * 37) % 250);
const vector = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
const job: LensJob = {
  vectors: [],
  sequence: { ids, steps: [] },
  layers: [0, 1, 2],
  positions: [...ids.keys()],
  top: 3,
};
const code = (value: string): unknown => expect.objectContaining({ code: value });

let engine: TokenEngine;
let checkpoint: Checkpoint;
beforeEach(async () => {
  ({ engine, checkpoint } = await openFixture("grouped-heads"));
});
afterEach(() => engine.dispose());

test("the stream, what attention and the MLP add and what steering adds are the stream after", async () => {
  const { config, tensors } = checkpoint;
  const graph = llamaGraph(config, tensors, { inside: true });
  const pass = new ForwardPass(config, await GraphSession.create(graph, options));
  const sequence = { ids, steps: [step({ multiplier: 3, from: 4 })] };
  const { inside } = await runNodes(pass, buildTokenTree([sequence]).nodes, {
    run: [...ids.keys()],
    past: null,
    vectors: [vector],
    residualAt: [...ids.keys()],
    logitsAt: [],
    wantKeyValues: false,
    wantInside: true,
  });
  await pass.dispose();
  const size = ids.length * config.hidden_size;
  const at = (place: (typeof LENS_PLACES)[number], layer: number): Float32Array =>
    inside[place].subarray(layer * size, (layer + 1) * size); // (tokens, d_model)
  const embeddings = ids.flatMap((id) => [...new SlowLlama(checkpoint).embedding(id)]);
  for (const layer of [0, 1, 2]) {
    const middle = at("residual-after-attention", layer);
    const before = layer === 0 ? embeddings : at("block-output", layer - 1);
    const added = at("attention-output", layer).map((x, i) => x + (before[i] ?? 0));
    expect(relativeDifference(middle, added)).toBeLessThan(1e-6);
    const output = at("mlp-output", layer).map((x, i) => {
      const steered = layer === 1 && Math.floor(i / 32) >= 4;
      return x + (middle[i] ?? 0) + (steered ? 3 * (vector[i % 32] ?? 0) : 0);
    });
    expect(relativeDifference(at("block-output", layer), output)).toBeLessThan(1e-6);
  }
});

test("in a text longer than one run all places are what they are where they are read alone", async () => {
  const long = Array.from({ length: 800 }, (_, i) => (i * 37) % 250);
  expect(pieces(long.length)).toHaveLength(2);
  const sequence = { ids: long, steps: [step({ from: 700 })] };
  const read = (positions: readonly number[]) =>
    engine.lens({ ...job, vectors: [vector], sequence, positions });
  const all = await read([...long.keys()]);
  const cells = LENS_PLACES.length * job.top; // numbers of one layer and position
  for (const position of [0, 5, 700, 767, 768, 799]) {
    const { topProbabilities } = await read([position]);
    for (const layer of job.layers) {
      const start = (layer * long.length + position) * cells;
      const together = all.topProbabilities.subarray(start, start + cells);
      const alone = topProbabilities.subarray(layer * cells, (layer + 1) * cells);
      expect(relativeDifference(together, alone)).toBeLessThan(1e-4);
    }
  }
});

test("disposing lets what runs end, and the rest of it is an error", async () => {
  for (const warm of [false, true]) {
    const { engine: opened } = await openFixture("grouped-heads");
    if (warm) {
      await opened.lens(job);
    }
    const work = [
      opened.lens(job),
      opened.forward({
        vectors: [],
        sequences: [job.sequence],
        logits: [{ sequence: 0, position: 3 }],
      }),
    ].map(async (result) =>
      result.then(
        () => "done",
        ({ code: reason }) => reason,
      ),
    );
    await opened.dispose();
    await opened.dispose();
    for (const outcome of await Promise.all(work)) {
      expect(["done", "invalid-argument"]).toContain(outcome);
    }
    await expect(opened.lens(job)).rejects.toEqual(code("invalid-argument"));
  }
});

test("a lens that cannot be opened is told to who asked alone, and is not opened after an abort", async () => {
  const { config, tensors } = checkpoint;
  const weights = new Map(tensors);
  const opened = await TokenEngine.open(config, weights, options);
  await expect(opened.lens(job, AbortSignal.abort())).rejects.toEqual(code("aborted"));
  const lens = opened.lens(job);
  weights.clear(); // its first graph is written, its second not yet
  const [read, disposed] = await Promise.allSettled([lens, opened.dispose()]);
  expect(read).toMatchObject({ status: "rejected", reason: code("not-found") });
  expect(disposed.status).toBe("fulfilled");
});
