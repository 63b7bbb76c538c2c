import {
  CaaError,
  formatPlanEntry,
  type Probe,
  type ProbedToken,
  type SteerableModel,
} from "@caa/core";
import {
  type CosineScale,
  cosineScale,
  defaultLayer,
  monitorProjections,
  probesOf,
  traceOf,
  traceText,
} from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { openRequestedModel, requireModelName } from "../options/model.ts";
import { samplingOf } from "../options/sampling.ts";
import { requestedPlan, type ResolvedSteering, resolveSteering, vectorsJson } from "../steering.ts";
import { colorToken } from "./token-colors.ts";
import { describeScale, formatTrace, type ShownProbe } from "./trace-table.ts";
import { type Look, type TraceCommandOptions, type Traced, writeTrace } from "./write-trace.ts";

/** @throws {CaaError} as `monitorProjections`, `traceText` and `resolveSteering`; not-found for a layer without a vector */
export async function runTrace(
  options: TraceCommandOptions,
  dependencies: CliDependencies,
): Promise<void> {
  const { stdout, colors = false } = dependencies;
  const name = requireModelName(options.model, dependencies);
  const entries = requestedPlan(options);
  await using model = await openRequestedModel(name, options, dependencies);
  const { behaviors, json = false } = options;
  const resolved = await resolveSteering(entries, options, model, dependencies, behaviors);
  const probes = behaviors.flatMap((behavior) => {
    const vectors = resolved.sets.get(behavior)?.vectors;
    return vectors === undefined ? [] : probesOf(vectors);
  });
  const shown = shownProbes(probes, resolved, options, dependencies);
  const scale = cosineScale(model.info.dModel);
  const live = !json && colors;
  if (live && shown.length > 1) {
    stdout.write(`${labelOf(shown[0])}\n`);
  }
  const onToken = live ? tokenWriter(shown[0], scale, dependencies) : () => undefined;
  const traced = await run(model, probes, resolved, options, onToken, dependencies);
  if (live) {
    stdout.write("\n");
  }
  const look: Look = { model, resolved, shown, options, ...traced };
  const files = await writeTrace(look, dependencies);
  if (json) {
    stdout.write(toJson(look, scale, files));
    return;
  }
  if (live) {
    for (const probe of shown.slice(1)) {
      stdout.write(`\n${labelOf(probe)}\n`);
      const write = tokenWriter(probe, scale, dependencies);
      traced.trace.tokens.forEach(write);
      stdout.write("\n");
    }
  } else {
    stdout.write(formatTrace(traced.trace.tokens, shown, scale));
  }
  stdout.write(describeScale(scale, live));
  stdout.write(`\n${files.map((file) => `${file}\n`).join("")}`);
}

const labelOf = (probe: ShownProbe | undefined): string => `${probe?.name}@${probe?.layer}`;

/** For each behavior the layer that was asked for, or its default, which is said on stderr. */
function shownProbes(
  probes: readonly Probe[],
  { sets }: ResolvedSteering,
  { behaviors, layer: asked }: TraceCommandOptions,
  { stderr }: CliDependencies,
): readonly ShownProbe[] {
  return behaviors.map((name) => {
    const vectors = sets.get(name)?.vectors;
    const chosen = vectors === undefined || asked !== undefined ? null : defaultLayer(vectors);
    const layer = asked ?? chosen?.layer;
    const index = probes.findIndex((probe) => probe.name === name && probe.layer === layer);
    if (layer === undefined || index < 0) {
      const there = probes.filter((probe) => probe.name === name).map((probe) => probe.layer);
      const message = `--layer: expected a layer where the vector of ${name} is there and not zero, got ${layer ?? "none"}; there: ${there.join(" ")}`;
      throw new CaaError("not-found", message, { facts: { behavior: name, there } });
    }
    if (chosen !== null) {
      stderr.write(`${name}: tokens are shown at layer ${layer}, ${chosen.why}; --layer sets it\n`);
    }
    return { name, layer, index };
  });
}

function tokenWriter(
  probe: ShownProbe | undefined,
  scale: CosineScale,
  { stdout }: CliDependencies,
): (token: ProbedToken) => void {
  return ({ text, scores }) =>
    void stdout.write(colorToken(text, scores[probe?.index ?? 0]?.cosine ?? 0, scale));
}

async function run(
  model: SteerableModel,
  probes: readonly Probe[],
  { steering }: ResolvedSteering,
  options: TraceCommandOptions,
  onToken: (token: ProbedToken) => void,
  { signal }: CliDependencies,
): Promise<Traced> {
  const { prompt: user, system, answer, seed } = options;
  const prompt = { user, ...(system === undefined ? {} : { system }) };
  if (answer !== undefined) {
    const text = { ...prompt, answer };
    const traced = await traceText(model, text, probes, { steering, signal });
    traced.tokens.forEach(onToken);
    return { trace: traced, text, generation: null };
  }
  const tokens: ProbedToken[] = [];
  const request = { prompt, steering, seed };
  const watched = monitorProjections(model, request, probes, { ...samplingOf(options), signal });
  for (;;) {
    const { done, value } = await watched.next();
    if (done === true) {
      const text = { ...prompt, answer: value.text };
      return { trace: traceOf(model.info, probes, tokens), text, generation: value };
    }
    tokens.push(value);
    onToken(value);
  }
}

function toJson(look: Look, { band, limit }: CosineScale, files: readonly string[]): string {
  const { trace: traced, text, options, resolved, generation, shown } = look;
  const result = {
    model: traced.model,
    prompt: text.user,
    system: text.system ?? null,
    answer: text.answer,
    steer: resolved.entries.map((entry) => formatPlanEntry(entry)),
    vectors: vectorsJson(resolved.sets),
    layers: Object.fromEntries(shown.map(({ name, layer }) => [name, layer])),
    cosineBand: band,
    cosineLimit: limit,
    probes: traced.probes,
    tokens: traced.tokens,
    generation:
      generation === null ? null : { ...samplingOf(options), seed: options.seed, ...generation },
    files,
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
