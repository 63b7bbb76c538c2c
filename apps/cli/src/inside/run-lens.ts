import { mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { formatPlanEntry, LENS_PLACES, type LensPlace, type ReadText } from "@caa/core";
import { writeFileAtomic } from "@caa/core/files";
import { lensCsv, type LensResult, readLens, renderLensPage } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import {
  checkLayers,
  type ModelOptions,
  openRequestedModel,
  requireModelName,
} from "../options/model.ts";
import { modelFileName } from "../options/names.ts";
import { writePlot } from "../output/write-plots.ts";
import {
  requestedPlan,
  type ResolvedSteering,
  resolveSteering,
  type SteeringOptions,
  vectorsJson,
} from "../steering.ts";
import { insideSettings, planText } from "./inside-name.ts";
import { formatLens } from "./lens-table.ts";

export type Positions = "last" | "all" | readonly number[];

export interface LensCommandOptions extends ModelOptions, SteeringOptions {
  readonly prompt: string;
  readonly system?: string;
  readonly answer?: string;
  readonly layers?: readonly number[];
  readonly position?: Positions;
  readonly top: number;
  readonly place?: readonly LensPlace[];
  readonly bars?: number;
  readonly out: string;
  readonly json?: boolean;
}

/** @throws {CaaError} as `readLens`, `resolveSteering` and `openRequestedModel` */
export async function runLens(
  options: LensCommandOptions,
  dependencies: CliDependencies,
): Promise<void> {
  const { signal, stdout } = dependencies;
  const { prompt: user, system, answer, position = "last", top, bars } = options;
  const text: ReadText = {
    user,
    ...(system === undefined ? {} : { system }),
    ...(answer === undefined ? {} : { answer }),
  };
  const name = requireModelName(options.model, dependencies);
  const entries = requestedPlan(options);
  await using model = await openRequestedModel(name, options, dependencies);
  const layers = checkLayers(options.layers, model);
  const resolved = await resolveSteering(entries, options, model, dependencies);
  const { steering } = resolved;
  const result = await readLens(model, text, {
    layers,
    positions: position,
    top,
    steering,
    signal,
  });
  const files = await writeLens(result, resolved, { out: options.out, bars }, dependencies);
  if (options.json === true) {
    const { sets } = resolved;
    const steer = entries.map((entry) => formatPlanEntry(entry));
    const json = { ...result, steer, vectors: vectorsJson(sets), files };
    stdout.write(`${JSON.stringify(json, null, 2)}\n`);
    return;
  }
  const tables = formatLens(result, options.place ?? LENS_PLACES);
  stdout.write(`${tables}\n${files.map((file) => `${file}\n`).join("")}`);
}

async function writeLens(
  result: LensResult,
  { entries }: ResolvedSteering,
  { out, bars }: { readonly out: string; readonly bars: number | undefined },
  { cwd }: CliDependencies,
): Promise<readonly string[]> {
  const { plotFileName, plotLensBars } = await import("@caa/eval/plots");
  const { text, model } = result;
  const steer = planText(entries);
  const settings = insideSettings(modelFileName(model.id), text, entries);
  // First what may fail.
  const plot =
    bars === undefined
      ? null
      : await plotLensBars(result, {
          layer: bars,
          name: plotFileName("lens-bars", { layer: String(bars), ...settings }),
          ...(steer === "" ? {} : { subtitle: steer }),
        });
  const page = renderLensPage(result, { facts: steer === "" ? [] : [["steering", steer]] });
  await mkdir(resolve(cwd, out), { recursive: true });
  const files: string[] = [];
  for (const [extension, content] of [
    ["html", page],
    ["csv", lensCsv(result)],
  ] as const) {
    const path = join(resolve(cwd, out), `${plotFileName("lens", settings)}.${extension}`);
    await writeFileAtomic(path, content);
    files.push(relative(cwd, path));
  }
  return [...files, ...(plot === null ? [] : await writePlot(plot, { out }, { cwd }))];
}
