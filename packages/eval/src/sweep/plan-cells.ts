import { createHash } from "node:crypto";
import { CaaError, type Steering, type SteeringOperation } from "@caa/core";
import { formatMultiplier } from "../results/cell-name.ts";
import type { CellHashes } from "../results/settings.ts";
import type { SweepOptions } from "./sweep-options.ts";

/** A cell that a sweep wants; its settings are those of the sweep with these two. */
export interface PlannedCell {
  readonly layer: number;
  readonly multiplier: number;
  readonly hashes: CellHashes;
  /** Tells forward passes apart: every cell with multiplier 0 is the plain model, run once. */
  readonly runKey: string;
  readonly steering: Steering;
}

/** All cells of layers x multipliers, by layer, then in the order of the multipliers. */
export function planCells(
  options: Pick<
    SweepOptions,
    "layers" | "multipliers" | "model" | "vectors" | "operation" | "positions"
  >,
  datasetHash: string,
): readonly PlannedCell[] {
  const { model, vectors, operation = "add", positions = "marker" } = options;
  const layers = checkDistinct("layers", options.layers);
  const multipliers = checkDistinct(
    "multipliers",
    options.multipliers.map((value) => (value === 0 ? 0 : value)),
  );
  return layers.flatMap((layer) => {
    const vector = vectors.vector(layer);
    const hashes = { model: model.info.hash, dataset: datasetHash, vector: hashVector(vector) };
    return multipliers.map((multiplier) => {
      const key = `layer=${layer}_multiplier=${formatMultiplier(multiplier)}_vector=${hashes.vector.slice(0, 16)}`;
      const step = { name: vectors.behavior, layer, vector, multiplier, operation, positions };
      const plain = isPlain(multiplier, operation);
      return {
        layer,
        multiplier,
        hashes,
        runKey: plain ? "plain" : key,
        steering: plain ? [] : [step],
      };
    });
  });
}

/** `h += 0 v` and `h -= 0 (h·v̂) v̂` are the plain model; a clamp to 0 is not: it takes the direction away. */
function isPlain(multiplier: number, operation: SteeringOperation): boolean {
  return multiplier === 0 && operation !== "clamp";
}

function checkDistinct(name: string, values: readonly number[]): readonly number[] {
  if (values.length === 0) {
    throw new CaaError("empty-selection", `${name}: expected at least one, got none`);
  }
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) {
    throw new CaaError("invalid-argument", `${name}: expected finite numbers, got ${bad}`);
  }
  if (new Set(values).size !== values.length) {
    throw new CaaError("invalid-argument", `${name}: expected each once, got ${values.join(" ")}`);
  }
  return values;
}

/** SHA-256, hex, of the float32 values, little-endian. */
function hashVector(vector: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  for (const [i, value] of vector.entries()) {
    bytes.setFloat32(i * 4, value, true);
  }
  return createHash("sha256").update(bytes).digest("hex");
}
