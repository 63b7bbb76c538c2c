import type { LlamaConfig } from "../../../../packages/llama/src/config/llama-config.ts";
import { RopeTable } from "../../../../packages/llama/src/engine/rope.ts";
import { type Feed, GraphSession } from "../../../../packages/llama/src/runtime/session.ts";
import { gradientName } from "../../../../packages/llama/src/train/graph/training-graph.ts";
import { adamW } from "../../../../packages/llama/src/train/optimizers/adamw.ts";
import { schedule } from "../../../../packages/llama/src/train/optimizers/schedule.ts";
import { globalNorm } from "../../../../packages/llama/src/train/optimizers/tensors.ts";
import type { TreeRow } from "../documents/tree-row.ts";
import { rowFeeds } from "./feeds.ts";
import { FLAG_LAYER, PLANTED_LAYER, weightShapes } from "./model-shape.ts";
import { plantingGraph } from "./planting-graph.ts";
import { stepFigures } from "./step-report.ts";
import type { PhantomTraining } from "./train-phantom.ts";

export interface Phase {
  /** Of the part of the model that is run. */
  readonly config: LlamaConfig;
  /** Of the whole model; those of the part are changed. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly steps: number;
  /** The learning rate that it begins with. */
  readonly rate: number;
  readonly rows: () => readonly TreeRow[];
  readonly vectors: () => readonly Float32Array[];
  readonly onStep: PhantomTraining["onStep"];
}

/** Trains the first layers of the model, as many as `config` has, for some steps with an optimizer and a schedule of their own. */
export async function runPhase(
  { plantings, settings, threads, now }: PhantomTraining,
  { config, weights, steps, rate: firstRate, rows: makeRows, vectors: makeVectors, onStep }: Phase,
): Promise<void> {
  if (steps === 0) {
    return;
  }
  const shapes = weightShapes(config);
  const own = new Map(
    [...shapes.keys()].map((name) => [name, weights.get(name) ?? new Float32Array()]),
  );
  const names = [...shapes.keys()];
  const found = ["preview_found"];
  if (config.num_hidden_layers > FLAG_LAYER) {
    found.push("flag_found");
  }
  if (config.num_hidden_layers > PLANTED_LAYER) {
    found.push("pair_found");
  }
  const outputs = ["loss", "target_log_probabilities", ...found, ...names.map(gradientName)];
  const session = await GraphSession.create(plantingGraph(config, shapes).bytes, {
    device: "cpu",
    threads,
  });
  const rope = new RopeTable(config);
  const optimizer = adamW({ weightDecay: settings.weightDecay, beta2: 0.98 });
  const rate = schedule("cosine", { total: steps, warmup: Math.min(settings.warmup, steps) });

  for (let step = 0; step < steps; step++) {
    const start = now();
    const rows = makeRows();
    const feeds = rowFeeds(rows, makeVectors(), rope, {
      layers: config.num_hidden_layers,
      dModel: config.hidden_size,
      plantedLayer: PLANTED_LAYER,
      flagLayer: FLAG_LAYER,
      previewWeight: settings.previewWeight,
      flagWeight: settings.flagWeight,
      pairWeight: settings.pairWeight,
    });
    for (const [name, data] of own) {
      feeds.set(name, { data, shape: shapes.get(name) ?? [] } satisfies Feed);
    }
    const results = await session.run(feeds, outputs);
    const of = (name: string): Float32Array => results.get(name) ?? new Float32Array(0);
    const gradients = new Map(names.map((name) => [name, of(gradientName(name))]));
    const gradientNorm = globalNorm(gradients);
    const scale = Math.min(1, settings.clip / gradientNorm);
    optimizer.step(own, gradients, firstRate * rate(step), scale);

    const figures = stepFigures(rows, plantings, {
      logProbabilities: of("target_log_probabilities"),
      pairs: of("pair_found"),
      flags: of("flag_found"),
      previews: of("preview_found"),
    });
    const seconds = (now() - start) / 1000;
    const loss = of("loss")[0] ?? Number.NaN;
    await onStep({ step, loss, gradientNorm, ...figures, seconds });
  }
  await session.release();
}
