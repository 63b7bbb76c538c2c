import {
  CaaError,
  type ExplainedToken,
  type ReadText,
  type Steering,
  type SteeringChange,
  steeringChanges,
} from "@caa/core";
import type { TokenStep } from "../engine/jobs.ts";
import { actingSteps } from "../engine/steering-tensors.ts";
import { encodeText } from "./encode-text.ts";
import type { LlamaModelParts } from "./llama-model.ts";
import { SteeringCompiler } from "./token-steering.ts";

/** Most numbers of the residual stream that are held at once: 64 MiB of float32. */
const MAX_STREAM = 2 ** 24;

/**
 * Every token of a text with the steps that act on it, and how much they change there. Each steered layer needs a run of
 * its own, which shares the tokens before the first steered one with the others.
 */
export async function explainText(
  parts: LlamaModelParts,
  text: ReadText,
  steering: Steering,
  signal: AbortSignal | undefined,
): Promise<readonly ExplainedToken[]> {
  const { engine, tokenizer, config } = parts;
  const { ids, markerIndex } = encodeText(parts, text);
  const compiler = new SteeringCompiler(config);
  // One token more than the text: what is generated next may be all that is steered.
  const steps = compiler.compile(steering, markerIndex, ids.length + 1);
  const acting = ids.map((_, position) => actingSteps(steps, position));

  const changes = ids.map(() => new Map<TokenStep, SteeringChange>());
  const actsAt = (layer: number): readonly number[] =>
    [...ids.keys()].filter((position) => acting[position]?.some((step) => step.layer === layer));
  const layers = [...new Set(acting.flat().map((step) => step.layer))];
  const most = layers.reduce((count, layer) => Math.max(count, actsAt(layer).length), 0);
  // A job holds the stream of each of its layers at the tokens of each of its sequences, one a layer.
  const perJob = Math.max(1, Math.floor(Math.sqrt(MAX_STREAM / (most * config.hidden_size))));
  for (let start = 0; start < layers.length; start += perJob) {
    const together = layers.slice(start, start + perJob);
    const places = together.flatMap((layer, sequence) =>
      actsAt(layer).map((position) => ({ sequence, position })),
    );
    // What the steps of a layer start from is what its block gives where only earlier layers are steered.
    const { residual } = await engine.forward(
      {
        vectors: compiler.vectors,
        sequences: together.map((layer) => ({
          ids,
          steps: steps.filter((step) => step.layer < layer),
        })),
        residual: { layers: together, places },
      },
      signal,
    );
    places.forEach(({ sequence, position }, place) => {
      const layer = together[sequence] ?? -1;
      const here = (acting[position] ?? []).filter((step) => step.layer === layer);
      const d = config.hidden_size;
      const h = residual[place]?.subarray(sequence * d, (sequence + 1) * d); // (d_model)
      const applied = here.map((step) => ({
        ...step,
        vector: compiler.vectors[step.vector] ?? new Float32Array(),
      }));
      steeringChanges(checkFinite(h, layer), applied).forEach((change, i) => {
        const step = here[i];
        if (step !== undefined) {
          changes[position]?.set(step, change);
        }
      });
    });
  }
  return ids.map((id, position) => ({
    position,
    id,
    text: tokenizer.token(id),
    steps: steering.flatMap(({ name, layer, multiplier, operation }, i) => {
      const step = steps[i];
      const change = step && changes[position]?.get(step);
      return change === undefined ? [] : [{ name, layer, multiplier, operation, ...change }];
    }),
  }));
}

function checkFinite(h: Float32Array | undefined, layer: number): Float32Array {
  if (h === undefined || !h.every(Number.isFinite)) {
    throw new CaaError(
      "invalid-data",
      `layer ${layer}: the residual stream is not of numbers; is the steering too strong?`,
      { facts: { layer } },
    );
  }
  return h;
}
