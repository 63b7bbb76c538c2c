import {
  CaaError,
  type Probe,
  type ProbedToken,
  type ReadText,
  type TraceOptions,
} from "@caa/core";
import { actingSteps } from "../engine/steering-tensors.ts";
import { checkProbes } from "./check-vector.ts";
import { encodeText } from "./encode-text.ts";
import type { LlamaModelParts } from "./llama-model.ts";
import { tokenText } from "./token-text.ts";
import { SteeringCompiler } from "./token-steering.ts";

/** Every token of a text against the probes, in one pass. */
export async function traceText(
  parts: LlamaModelParts,
  text: ReadText,
  probes: readonly Probe[],
  { steering = [], signal }: TraceOptions,
): Promise<readonly ProbedToken[]> {
  const { engine, tokenizer, config } = parts;
  if (probes.length === 0) {
    throw new CaaError("empty-selection", "trace: no probe is given");
  }
  checkProbes(probes, config);
  const { ids, promptLength, markerIndex } = encodeText(parts, text);
  const compiler = new SteeringCompiler(config);
  const steps = compiler.compile(steering, markerIndex, ids.length);
  const { scores } = await engine.forward(
    {
      vectors: compiler.vectors,
      sequences: [{ ids, steps }],
      scores: { probes, places: ids.map((_, position) => ({ sequence: 0, position })) },
    },
    signal,
  );
  return ids.map((id, position) => ({
    position,
    id,
    text: tokenText(tokenizer, id),
    isPrompt: position < promptLength,
    isSteered: actingSteps(steps, position).length > 0,
    scores: scores[position] ?? [],
  }));
}
