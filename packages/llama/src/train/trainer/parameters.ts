import { createRandom } from "@caa/core";
import { storedFloats } from "../../checkpoint/check-weights.ts";
import type { WeightTable } from "../../graph/weights.ts";
import { readFloats } from "../../quantize/read-floats.ts";
import type { Parameter } from "../graph/trainable.ts";

/** Trained tensors by name, in float32, row by row. */
export type ParameterValues = ReadonlyMap<string, Float32Array>;

/**
 * The values that training starts from: weights from their files; LoRA's B zero and A uniform in
 * `± 1 / sqrt(in)` (PEFT's default), so that an adapter at first changes nothing.
 *
 * @throws {CaaError} `io`, `invalid-file`, `aborted`
 */
export async function initialParameters(
  parameters: readonly Parameter[],
  table: WeightTable,
  options: { readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<Map<string, Float32Array>> {
  const random = createRandom(options.seed);
  const values = new Map<string, Float32Array>();
  for (const { name, shape } of parameters) {
    const tensor = table.get(name);
    if (tensor !== undefined) {
      values.set(name, await readFloats(storedFloats(name, tensor), options.signal));
      continue;
    }
    const into = shape[1] ?? 1;
    const bound = name.endsWith(".lora_A.weight") ? 1 / Math.sqrt(into) : 0;
    const count = shape.reduce((product, size) => product * size, 1);
    values.set(
      name,
      Float32Array.from({ length: count }, () => bound * (2 * random.uniform() - 1)),
    );
  }
  return values;
}
