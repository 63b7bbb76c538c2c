import { CaaError } from "@caa/core";
import type { OptimizerState, Tensors } from "./optimizer.ts";

/** Every parameter with its gradient. */
export function* pairs(
  parameters: Tensors,
  gradients: Tensors,
): Generator<readonly [name: string, parameter: Float32Array, gradient: Float32Array]> {
  for (const [name, parameter] of parameters) {
    const gradient = gradients.get(name);
    if (gradient === undefined || gradient.length !== parameter.length) {
      throw new CaaError(
        "shape-mismatch",
        `optimizer: "${name}": expected a gradient of ${parameter.length} values, got ${gradient?.length ?? "none"}`,
      );
    }
    yield [name, parameter, gradient];
  }
}

/** A tensor remembered under `key`, zeros at first. */
export function remembered(
  memory: Map<string, Float32Array>,
  key: string,
  length: number,
): Float32Array {
  let values = memory.get(key);
  if (values === undefined) {
    values = new Float32Array(length);
    memory.set(key, values);
  }
  return values;
}

/** A copy of a saved state's tensors, which the optimizer then changes. */
export function copied({ tensors }: OptimizerState): Map<string, Float32Array> {
  return new Map([...tensors].map(([name, values]) => [name, values.slice()]));
}

/** `a += b` for every tensor; what `a` lacks it takes over. */
export function accumulate(into: Map<string, Float32Array>, gradients: Tensors): void {
  for (const [name, gradient] of gradients) {
    const sum = into.get(name);
    if (sum === undefined) {
      into.set(name, gradient);
      continue;
    }
    for (let i = 0; i < sum.length; i++) {
      sum[i] = (sum[i] ?? 0) + (gradient[i] ?? 0);
    }
  }
}

/** `sqrt(sum of squares)` over all tensors, in float64. */
export function globalNorm(tensors: Tensors): number {
  let total = 0;
  for (const values of tensors.values()) {
    // Four sums, so that an addition need not wait for the one before.
    let [a, b, c, d] = [0, 0, 0, 0];
    const whole = values.length - (values.length % 4);
    for (let i = 0; i < whole; i += 4) {
      a += (values[i] ?? 0) ** 2;
      b += (values[i + 1] ?? 0) ** 2;
      c += (values[i + 2] ?? 0) ** 2;
      d += (values[i + 3] ?? 0) ** 2;
    }
    for (let i = whole; i < values.length; i++) {
      a += (values[i] ?? 0) ** 2;
    }
    total += a + b + c + d;
  }
  return Math.sqrt(total);
}
