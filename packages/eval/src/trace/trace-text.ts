import {
  CaaError,
  type ModelInfo,
  norm,
  type Probe,
  type ProbedToken,
  type ReadText,
  type SteerableModel,
  type TraceOptions,
} from "@caa/core";

/** The residual stream of a model at every token of a text against probes. */
export interface Trace {
  readonly model: ModelInfo;
  readonly probes: ReadonlyArray<{
    readonly name: string;
    readonly layer: number;
    /** `||v||` */
    readonly norm: number;
  }>;
  /** Their scores are in the order of the probes. */
  readonly tokens: readonly ProbedToken[];
}

/** Tokens, from wherever they come, with what they were scored against. */
export function traceOf(
  model: ModelInfo,
  probes: readonly Probe[],
  tokens: readonly ProbedToken[],
): Trace {
  return {
    model,
    probes: probes.map(({ name, layer, vector }) => ({ name, layer, norm: norm(vector) })),
    tokens,
  };
}

/**
 * Traces a text that is given; `monitorProjections` traces one as it is generated.
 * @throws {CaaError} unsupported for a model that does not give its residual stream; empty-selection without a probe
 */
export async function traceText(
  model: Pick<SteerableModel, "info" | "trace">,
  text: ReadText,
  probes: readonly Probe[],
  options: TraceOptions = {},
): Promise<Trace> {
  checkProbes(probes);
  if (model.trace === undefined) {
    throw noStream(model.info.id);
  }
  return traceOf(model.info, probes, await model.trace(text, probes, options));
}

export function noStream(id: string): CaaError {
  const message = `trace: expected a model that gives its residual stream at every token, got ${id}, which does not`;
  return new CaaError("unsupported", message, { facts: { model: id } });
}

export function checkProbes(probes: readonly Probe[]): void {
  if (probes.length === 0) {
    throw new CaaError("empty-selection", "trace: expected at least one probe, got none");
  }
}
