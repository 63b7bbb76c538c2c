import { resolve } from "node:path";
import { CaaError, type SteerableModel } from "@caa/core";
import type { FineTuneOrigin } from "@caa/llama/train";
import type { CliDependencies } from "./dependencies.ts";
import type { LoadedVectors } from "./load-vectors.ts";
import type { ModelOptions } from "./options/model.ts";

export interface OverrideOptions {
  /** A fine-tuned form of the model, run in its place. */
  readonly overrideWeights?: string;
  /** Steer it with vectors of another model than its base. @default false */
  readonly allowOtherBase?: boolean;
}

/** What the weights were trained from; null where nothing says so, which is said. @throws {CaaError} as `readFineTuneOrigin` */
export async function originOf(
  { overrideWeights: weights, allowOtherBase }: OverrideOptions,
  { cwd, stderr }: CliDependencies,
): Promise<FineTuneOrigin | null> {
  if (weights === undefined) {
    if (allowOtherBase === true) {
      const message = "--allow-other-base: expected --override-weights beside it, got none";
      throw new CaaError("invalid-argument", message);
    }
    return null;
  }
  const { readFineTuneOrigin } = await import("@caa/llama/train");
  const origin = await readFineTuneOrigin(resolve(cwd, weights));
  if (origin === null) {
    stderr.write(
      `note: ${weights} has no finetune.json, so nothing tells which model and prompts it was trained from\n`,
    );
  }
  return origin;
}

/** The prompts that the weights were trained on; nothing where others are asked for. */
export function promptsOf(
  origin: FineTuneOrigin | null,
  { promptStyle, base, systemPosition }: ModelOptions,
  { stderr }: CliDependencies,
): Pick<ModelOptions, "promptStyle" | "systemPosition"> {
  if (origin === null) {
    return {};
  }
  const { style, systemPosition: position = "before" } = origin.format;
  const asked = base === true ? "llama2-base" : promptStyle;
  const places = style === "llama2-chat"; // elsewhere the place of the system block changes nothing
  const moved = places && systemPosition !== undefined && systemPosition !== position;
  if ((asked ?? style) !== style || moved) {
    const where = places ? ` with the system block ${position} [INST]` : "";
    stderr.write(
      `note: these weights were trained on prompts of another style, ${style}${where}\n`,
    );
  }
  return asked === undefined ? { promptStyle: style, systemPosition: position } : {};
}

/**
 * Refuses vectors of another model than the one that the weights were trained from.
 * @throws {CaaError} incompatible-vector
 */
export function checkOrigin(
  origin: FineTuneOrigin | null,
  { vectors: { metadata }, path }: LoadedVectors,
  { allowOtherBase, overrideWeights }: OverrideOptions,
  { info: { dtype } }: SteerableModel,
): void {
  // Training is done on float weights; quantized ones, and vectors of them, have hashes of their own.
  const known = origin !== null && (dtype === "float32" || dtype === "float16");
  if (known && allowOtherBase !== true && metadata.modelHash !== origin.hash) {
    const message = `${path}: expected vectors of the model that ${overrideWeights} was trained from, ${origin.id} (${origin.hash.slice(0, 12)}), got those of ${metadata.modelId} (${metadata.modelHash.slice(0, 12)}); --model names the right one, --allow-other-base takes these`;
    throw new CaaError("incompatible-vector", message, {
      facts: { path, expected: origin.hash, got: metadata.modelHash },
    });
  }
}
