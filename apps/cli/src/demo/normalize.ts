import { resolve } from "node:path";
import type { SteerableModel, VectorNormalization } from "@caa/core";
import { BEHAVIOR_NAMES } from "@caa/datasets";
import type { PlantedDirections } from "@caa/llama/phantom";
import { normalizeVectors } from "../commands/vectors-normalize.ts";
import type { CliDependencies } from "../dependencies.ts";
import { ownerFileName } from "../vector-files.ts";

/** Normalized copies of the vectors, and what to say of them. */
export interface DemoNormalization {
  readonly record: VectorNormalization | null;
  readonly words: string;
  /** Relative to the working folder. */
  readonly files: readonly string[];
}

/**
 * Writes normalized copies of the vectors. A control, of which it is known that nothing is planted, stays out: its vector is
 * nearly zero, so that it would pull the common length down and be blown up itself.
 */
export async function normalizeForDemo(
  vectors: string,
  planted: PlantedDirections | null,
  { info }: SteerableModel,
  dependencies: CliDependencies,
): Promise<DemoNormalization> {
  const { loadSteeringVectors } = await import("@caa/core/files");
  const out = planted?.controls ?? [];
  const behaviors = BEHAVIOR_NAMES.filter((name) => !out.includes(name));
  const written = await normalizeVectors(
    { vectors, behaviors, overwrite: true, model: ownerFileName(info) },
    dependencies,
  );
  const [first] = written;
  const record =
    first === undefined
      ? null
      : (await loadSteeringVectors(resolve(dependencies.cwd, first.file))).metadata.normalization;
  const common = `Normalized copies of ${behaviors.length} behaviors, each rescaled to their mean length per layer, are in ${vectors}/normalized.`;
  const words =
    out.length === 0
      ? `${common} What follows uses the vectors as they were made.`
      : `${common} ${out.join(", ")} is left out: with nothing planted its vector is nearly zero, and rescaling would blow up noise. For the same reason what follows uses the vectors as they were made.`;
  return { record, words, files: written.map(({ file }) => file) };
}
