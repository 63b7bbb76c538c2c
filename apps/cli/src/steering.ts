import {
  parsePlanEntry,
  type PlanEntry,
  resolvePlan,
  type SteerableModel,
  type Steering,
} from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies } from "./dependencies.ts";
import { describeVectors, type LoadedVectors, loadVectorsFor } from "./load-vectors.ts";
import { collectTexts } from "./options/names.ts";

export interface SteeringOptions {
  readonly steer?: readonly string[];
  readonly vectors: string;
  readonly raw?: boolean;
}

/** Adds the options of what steers one text. */
export function addSteeringOptions(command: Command): Command {
  return command
    .option(
      "--steer <entries...>",
      "behavior:layers:multiplier[:add|ablate|clamp][:marker|after-marker|all|generated|i-j]; repeat it for more",
      collectTexts,
    )
    .option("--vectors <dir>", "folder of vectors", "vectors")
    .option("--raw", "use the vectors as made (default: normalized ones where present)");
}

export interface ResolvedSteering {
  readonly entries: readonly PlanEntry[];
  readonly steering: Steering;
  /** Vectors by behavior: those that steer, and those that were asked for beside them. */
  readonly sets: ReadonlyMap<string, LoadedVectors>;
}

/** What `--steer` asks for. @throws {CaaError} as `parsePlanEntry` */
export function requestedPlan({ steer = [] }: SteeringOptions): readonly PlanEntry[] {
  return steer.map((text) => parsePlanEntry(text));
}

/**
 * Loads the vectors of a plan, and of further behaviors, each once, and says on stderr which.
 * @throws {CaaError} as `loadVectorsFor` and `resolvePlan`
 */
export async function resolveSteering(
  entries: readonly PlanEntry[],
  options: SteeringOptions,
  model: Pick<SteerableModel, "info">,
  { cwd, stderr }: CliDependencies,
  behaviors: readonly string[] = [],
): Promise<ResolvedSteering> {
  const { raw = false, vectors: dir } = options;
  const sets = new Map<string, LoadedVectors>();
  for (const behavior of new Set([...behaviors, ...entries.map(({ name }) => name)])) {
    const loaded = await loadVectorsFor(behavior, { dir, cwd, raw, model: model.info });
    stderr.write(`${describeVectors(loaded, cwd)}\n`);
    sets.set(behavior, loaded);
  }
  const steering = resolvePlan(entries, (behavior) => sets.get(behavior)?.vectors);
  return { entries, steering, sets };
}

/** Vectors as JSON output names them. */
export function vectorsJson(sets: ResolvedSteering["sets"]): readonly object[] {
  return [...sets.values()].map(({ kind, vectors: { behavior, metadata } }) => ({
    behavior,
    kind,
    hash: metadata.contentHash,
    normalizedOver: metadata.normalization?.behaviors ?? null,
  }));
}
