import { CaaError } from "@caa/core";
import type { StoredTensor } from "../checkpoint/check-weights.ts";
import { openCheckpoint } from "../checkpoint/open-checkpoint.ts";
import { readSafetensors } from "../checkpoint/safetensors-files.ts";
import { writeModelFolder } from "../checkpoint/write-model-folder.ts";
import { readFloatRows, readFloats } from "../quantize/read-floats.ts";
import { ADAPTER_WEIGHTS, PEFT_PREFIX, readAdapterConfig } from "./adapter-config.ts";

export interface MergeOptions {
  readonly signal?: AbortSignal | undefined;
}

/** The two factors beside one matrix: A (rank, in), B (out, rank). */
interface Factors {
  readonly down: StoredTensor;
  readonly up: StoredTensor;
}

/**
 * Writes a model with a LoRA adapter added to its weights: `W + (alpha / r) B A`, summed in float64, the changed matrices
 * in float32, all else as it is.
 *
 * @throws {CaaError} `unsupported` for other adapters or quantized weights; `shape-mismatch`, `not-found` when the adapter
 * is not one of this model; `invalid-file`, `io`, `aborted`; `invalid-argument` when `out` exists and is not empty
 */
export async function mergeAdapter(
  base: string,
  adapter: string,
  out: string,
  { signal }: MergeOptions = {},
): Promise<void> {
  const { r: rank, lora_alpha: alpha } = await readAdapterConfig(adapter);
  const checkpoint = await openCheckpoint(base, { signal });
  const { tensors } = await readSafetensors(adapter, ADAPTER_WEIGHTS);
  const factors = pairFactors(adapter, tensors);
  for (const [name, { down, up }] of factors) {
    const weight = checkpoint.tensors.get(name);
    const [outSize, inSize] = weight?.shape ?? [];
    const expected = `[${rank}, ${inSize}] and [${outSize}, ${rank}]`;
    const got = `[${down.shape.join(", ")}] and [${up.shape.join(", ")}]`;
    if (weight === undefined || expected !== got) {
      throw new CaaError(
        weight === undefined ? "not-found" : "shape-mismatch",
        `${adapter}: factors of "${name}": expected ${weight === undefined ? `a model with that weight, got ${base}` : `${expected}, got ${got}`}`,
        { facts: { tensor: name } },
      );
    }
  }
  await writeModelFolder(checkpoint, out, {
    changed: new Set(factors.keys()),
    signal,
    read: async function* (name, weight) {
      const pair = factors.get(name);
      const [, columns = 0] = weight.shape;
      if (pair === undefined) {
        return;
      }
      const a = await readFloats(pair.down, signal); // (rank, in)
      const b = await readFloats(pair.up, signal); // (out, rank)
      let row = 0;
      for await (const rows of readFloatRows(weight, signal)) {
        for (let start = 0; start < rows.length; start += columns, row++) {
          addRow(rows.subarray(start, start + columns), a, b.subarray(row * rank), {
            rank,
            scale: alpha / rank,
          });
        }
        if (!rows.every(Number.isFinite)) {
          throw new CaaError("invalid-file", `${adapter}: "${name}": the sum is not finite`, {
            facts: { tensor: name },
          });
        }
        yield rows;
      }
    },
  });
}

/** `w += scale b A` for one row of W, b the same row of B. */
function addRow(
  w: Float32Array,
  a: Float32Array,
  b: Float32Array,
  { rank, scale }: { readonly rank: number; readonly scale: number },
): void {
  for (let i = 0; i < w.length; i++) {
    let sum = 0;
    for (let k = 0; k < rank; k++) {
      sum += (b[k] ?? 0) * (a[k * w.length + i] ?? 0);
    }
    w[i] = (w[i] ?? 0) + scale * sum;
  }
}

const FACTOR = /^(.+)\.lora_(A|B)(?:\.default)?\.weight$/;

/** The factors by the weight that they change. */
function pairFactors(
  adapter: string,
  tensors: ReadonlyMap<string, StoredTensor>,
): ReadonlyMap<string, Factors> {
  const parts = new Map<string, { down?: StoredTensor; up?: StoredTensor }>();
  for (const [name, tensor] of tensors) {
    const [, module, which] = FACTOR.exec(name) ?? [];
    if (module === undefined || !module.startsWith(PEFT_PREFIX)) {
      throw new CaaError(
        "unsupported",
        `${adapter}: expected factors named ${PEFT_PREFIX}<module>.lora_A.weight and .lora_B.weight, got "${name}"`,
        { facts: { tensor: name } },
      );
    }
    const key = `${module.slice(PEFT_PREFIX.length)}.weight`;
    const pair = parts.get(key) ?? {};
    pair[which === "A" ? "down" : "up"] = tensor;
    parts.set(key, pair);
  }
  const factors = new Map<string, Factors>();
  for (const [name, { down, up }] of parts) {
    if (down === undefined || up === undefined) {
      const missing = down === undefined ? "lora_A" : "lora_B";
      throw new CaaError("invalid-file", `${adapter}: "${name}": expected ${missing}, got none`);
    }
    factors.set(name, { down, up });
  }
  if (factors.size === 0) {
    throw new CaaError("invalid-file", `${adapter}: expected LoRA factors, got none`);
  }
  return factors;
}
