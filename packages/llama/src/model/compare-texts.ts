import type { AnsweredPrompt, Steering, TextComparison } from "@caa/core";
import { logSoftmax } from "../engine/probabilities.ts";
import { encodeText } from "./encode-text.ts";
import type { LlamaModelParts } from "./llama-model.ts";
import { SteeringCompiler } from "./token-steering.ts";

/** The answer's tokens under both models: the prompt is run once, the answer twice. */
export async function compareText(
  parts: LlamaModelParts,
  prompt: AnsweredPrompt,
  steering: Steering,
  signal: AbortSignal | undefined,
): Promise<TextComparison> {
  const { engine, config } = parts;
  const { ids, markerIndex } = encodeText(parts, prompt);
  const targets = ids.slice(markerIndex + 1);
  if (targets.length === 0) {
    return { plain: [], steered: [], divergence: [] };
  }
  const compiler = new SteeringCompiler(config);
  const read = ids.slice(0, -1); // what follows the last token is not asked
  const steps = compiler.compile(steering, markerIndex, read.length);
  const placesOf = (sequence: number): ReadonlyArray<{ sequence: number; position: number }> =>
    targets.map((_, i) => ({ sequence, position: markerIndex + i }));
  const { logits } = await engine.forward(
    {
      vectors: compiler.vectors,
      sequences: [
        { ids: read, steps: [] },
        { ids: read, steps },
      ],
      logits: [...placesOf(0), ...placesOf(1)],
    },
    signal,
  );
  const logs = logits.map(logSoftmax);
  const [p, q] = [logs.slice(0, targets.length), logs.slice(targets.length)];
  const at = (rows: readonly Float64Array[]): number[] =>
    targets.map((token, i) => rows[i]?.[token] ?? Number.NaN);
  return {
    plain: at(p),
    steered: at(q),
    divergence: p.map((row, i) => divergence(row, q[i] ?? row)),
  };
}

/** `sum_t p(t) log(p(t) / q(t))`, which is never below zero, of log-probabilities. */
function divergence(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (const [t, log] of p.entries()) {
    sum += log === Number.NEGATIVE_INFINITY ? 0 : Math.exp(log) * (log - (q[t] ?? 0));
  }
  return Math.max(0, sum); // rounding may end just below
}
