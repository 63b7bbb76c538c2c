import { CaaError, formatPositions, type Steering, type SteeringStep } from "@caa/core";
import { storedFloats } from "../checkpoint/check-weights.ts";
import type { Checkpoint } from "../checkpoint/open-checkpoint.ts";
import { readFloats } from "../quantize/read-floats.ts";
import type { MadeTensor } from "./data-file.ts";

/** The bias whose sum with the stream is the output of a block. */
function biasName(layer: number): string {
  return `model.layers.${layer}.mlp.down_proj.bias`;
}

/**
 * Steering as weights: at each steered layer, the sum of `multiplier x vector` is the bias of the block's last product, so
 * it is added at every token. A bias that the model has already is part of the sum.
 *
 * @throws {CaaError} `unsupported` for what no bias can do: ablate and clamp, which read the stream, and steering of some
 * tokens alone; `invalid-argument` for a layer that is not there and for sums that are not finite; `shape-mismatch`
 */
export async function bakedBiases(
  { config, tensors }: Pick<Checkpoint, "config" | "tensors">,
  steering: Steering,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, MadeTensor>> {
  const { hidden_size: dModel } = config;
  const sums = new Map<string, Float64Array>();
  for (const step of steering) {
    checkStep(step, config.num_hidden_layers, dModel);
    const name = biasName(step.layer);
    let sum = sums.get(name);
    if (sum === undefined) {
      const own = tensors.get(name);
      sum =
        own === undefined
          ? new Float64Array(dModel)
          : Float64Array.from(await readFloats(storedFloats(name, own), signal));
      sums.set(name, sum);
    }
    for (const [i, x] of step.vector.entries()) {
      sum[i] = (sum[i] ?? 0) + step.multiplier * x;
    }
  }
  const biases = new Map<string, MadeTensor>();
  for (const [name, sum] of sums) {
    const values = Float32Array.from(sum);
    if (!values.every(Number.isFinite)) {
      throw new CaaError(
        "invalid-argument",
        `bake: expected finite numbers in ${name}, got others`,
      );
    }
    biases.set(name, { shape: [dModel], values });
  }
  return biases;
}

function checkStep(
  { name, layer, operation, positions, vector }: SteeringStep,
  layers: number,
  dModel: number,
): void {
  const where = `bake ${name} at layer ${layer}`;
  if (operation !== "add") {
    throw new CaaError(
      "unsupported",
      `${where}: expected add, got ${operation}; a bias is the same whatever the stream is, ${operation} depends on it`,
    );
  }
  if (positions !== "all") {
    throw new CaaError(
      "unsupported",
      `${where}: expected the positions all, got ${formatPositions(positions)}; a bias acts at every token`,
    );
  }
  if (!Number.isInteger(layer) || layer < 0 || layer >= layers) {
    throw new CaaError(
      "invalid-argument",
      `${where}: expected a layer from 0 to ${layers - 1}, got ${layer}`,
    );
  }
  if (vector.length !== dModel) {
    throw new CaaError(
      "shape-mismatch",
      `${where}: expected a vector of ${dModel} values, got ${vector.length}`,
    );
  }
}
