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

/** Every token of a text with the steps that act on it, and how much they change there: one run a steered layer. */
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
  for (const layer of new Set(acting.flat().map((step) => step.layer))) {
    const own = acting.map((here) => here.filter((step) => step.layer === layer));
    const positions = [...ids.keys()].filter((position) => own[position]?.length !== 0);
    // What the steps of a layer start from is what its block gives where only earlier layers are steered.
    const { residual } = await engine.forward(
      {
        vectors: compiler.vectors,
        sequences: [{ ids, steps: steps.filter((step) => step.layer < layer) }],
        residual: {
          layers: [layer],
          places: positions.map((position) => ({ sequence: 0, position })),
        },
      },
      signal,
    );
    positions.forEach((position, place) => {
      const here = own[position] ?? [];
      const applied = here.map((step) => ({
        ...step,
        vector: compiler.vectors[step.vector] ?? new Float32Array(),
      }));
      steeringChanges(checkFinite(residual[place], layer), applied).forEach((change, i) => {
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
