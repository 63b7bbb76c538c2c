import type {
  Generation,
  GenerateOptions,
  GenerateRequest,
  Probe,
  ProbedToken,
  SteerableModel,
} from "@caa/core";
import { checkProbes, noStream } from "./trace-text.ts";

export type MonitorOptions = Omit<GenerateOptions, "probes" | "onToken" | "onDone" | "batchSize">;

/**
 * Watches several directions while a model generates: every token of the prompt and then of the answer, as soon as the
 * model has read it, with its scores in the order of the probes. The generation is what the generator returns. To stop
 * reading stops the model.
 * @throws {CaaError} unsupported for a model that does not tell; as `generate`
 * @example for await (const { text, scores } of monitorProjections(model, { prompt }, probes)) { ... }
 */
export async function* monitorProjections(
  model: Pick<SteerableModel, "info" | "generate">,
  request: GenerateRequest,
  probes: readonly Probe[],
  options: MonitorOptions = {},
): AsyncGenerator<ProbedToken, Generation, undefined> {
  checkProbes(probes);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const queue: Array<ProbedToken | "end"> = [];
  let wake = (): void => undefined;
  const add = (next: ProbedToken | "end"): void => {
    queue.push(next);
    wake();
  };
  const generating = model
    .generate([request], { ...options, probes, signal, onToken: (event) => add(tokenOf(event)) })
    .finally(() => add("end"));
  generating.catch(() => undefined); // it is awaited below, when its tokens have been read
  let seen = 0;
  try {
    for (let next = queue.shift(); next !== "end"; next = queue.shift()) {
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else {
        seen += 1;
        yield next;
      }
    }
    const [generation] = await generating;
    if (generation === undefined || seen === 0) {
      throw noStream(model.info.id);
    }
    return generation;
  } finally {
    stop.abort();
    await generating.catch(() => undefined);
  }
}

function tokenOf(event: ProbedToken): ProbedToken {
  const { position, id, text, isPrompt, isSteered, scores } = event;
  return { position, id, text, isPrompt, isSteered, scores };
}
