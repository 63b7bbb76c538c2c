import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { openCheckpoint, type Checkpoint } from "../src/checkpoint/open-checkpoint.ts";
import type { TokenStep } from "../src/engine/jobs.ts";
import { TokenEngine } from "../src/engine/token-engine.ts";
import { LlamaModel } from "../src/model/llama-model.ts";
import { openPrompts } from "../src/model/open-prompts.ts";

const models = fileURLToPath(new URL("./fixtures/models/", import.meta.url));
const numbers = z.array(z.number());
const outcome = z.object({
  logits: numbers,
  residual: z.array(z.array(numbers)),
  greedy: numbers,
  narrowestLead: z.number(),
});
const schema = z.object({
  steering: z.object({
    layer: z.number(),
    multiplier: z.number(),
    fromPosition: z.number(),
    vector: numbers,
  }),
  cases: z.array(
    z.object({ tokens: numbers, positions: numbers, plain: outcome, steered: outcome }),
  ),
});

/** What PyTorch computes on a committed random model; see the README of the fixtures. */
export type Expected = z.infer<typeof schema>;

export const fixtureNames: readonly string[] = readdirSync(models, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

export function fixtureFolder(name: string): string {
  return `${models}${name}`;
}

export function expectedOf(name: string): Expected {
  return schema.parse(JSON.parse(readFileSync(`${models}${name}/expected.json`, "utf8")));
}

export async function openFixture(
  name: string,
): Promise<{ readonly engine: TokenEngine; readonly checkpoint: Checkpoint }> {
  const checkpoint = await openCheckpoint(fixtureFolder(name));
  const engine = await TokenEngine.open(checkpoint.config, checkpoint.tensors, {
    device: "cpu",
    threads: 1,
  });
  return { engine, checkpoint };
}

/** A fixture behind the interface that experiments use; disposing of the model closes its engine. */
export async function openFixtureModel(name: string): Promise<{
  readonly engine: TokenEngine;
  readonly model: LlamaModel;
  readonly checkpoint: Checkpoint;
}> {
  const { engine, checkpoint } = await openFixture(name);
  const { tokenizer, format, style } = await openPrompts(checkpoint, "random", {});
  const { config, hash } = checkpoint;
  const model = new LlamaModel({
    info: {
      id: "random",
      hash,
      architecture: config.architecture,
      layerCount: config.num_hidden_layers,
      dModel: config.hidden_size,
      vocabularySize: config.vocab_size,
      contextLength: config.max_position_embeddings,
      dtype: "float32",
      device: "cpu",
      promptStyle: style,
    },
    config,
    engine,
    tokenizer,
    format,
  });
  return { engine, model, checkpoint };
}

export function step(overrides: Partial<TokenStep> = {}): TokenStep {
  return {
    layer: 1,
    vector: 0,
    multiplier: 1,
    operation: "add",
    from: 0,
    to: Number.POSITIVE_INFINITY,
    ...overrides,
  };
}

/** Largest absolute difference, relative to the largest absolute expected value. */
export function relativeDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let most = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    most = Math.max(most, Math.abs((got[i] ?? Number.NaN) - (expected[i] ?? Number.NaN)));
    scale = Math.max(scale, Math.abs(expected[i] ?? 0));
  }
  return got.length === expected.length ? most / scale : Number.NaN;
}
