import { CaaError, norm, type Probe } from "@caa/core";
import type { LlamaConfig } from "../config/llama-config.ts";

/** What of a model says which vectors fit it. */
export type VectorSizes = Pick<LlamaConfig, "num_hidden_layers" | "hidden_size">;

/**
 * @param where for messages
 * @throws {CaaError} `invalid-argument` for a layer that the model does not have, `shape-mismatch`
 */
export function checkVector(
  where: string,
  { layer, vector }: Pick<Probe, "layer" | "vector">,
  { num_hidden_layers: layers, hidden_size }: VectorSizes,
): void {
  if (!Number.isInteger(layer) || layer < 0 || layer >= layers) {
    throw new CaaError("invalid-argument", `${where}: the model has layers 0 to ${layers - 1}`, {
      facts: { layer, layers },
    });
  }
  if (vector.length !== hidden_size) {
    throw new CaaError(
      "shape-mismatch",
      `${where}: expected a vector of ${hidden_size} values, got ${vector.length}`,
      { facts: { expected: hidden_size, got: vector.length } },
    );
  }
}

/** @throws {CaaError} as `checkVector`, and `invalid-argument` for a vector without direction */
export function checkProbes(probes: readonly Probe[], sizes: VectorSizes): void {
  for (const probe of probes) {
    const where = `probe "${probe.name}" at layer ${probe.layer}`;
    checkVector(where, probe, sizes);
    const length = norm(probe.vector);
    if (!(length > 0 && Number.isFinite(length))) {
      const got = length === 0 ? "zeros" : `a length of ${length}`;
      throw new CaaError("invalid-argument", `${where}: expected a direction, got ${got}`);
    }
  }
}
