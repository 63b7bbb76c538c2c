import { CaaError } from "@caa/core";
import type { Feed } from "../runtime/session.ts";
import type { TokenStep } from "./jobs.ts";

/** The steps of a sequence that change the token at `position`. Adding or ablating zero times changes nothing. */
export function actingSteps(steps: readonly TokenStep[], position: number): readonly TokenStep[] {
  return steps.filter(
    (step) =>
      position >= step.from &&
      position <= step.to &&
      (step.multiplier !== 0 || step.operation === "clamp"),
  );
}

export interface SteeringSize {
  readonly layers: number;
  readonly dModel: number;
  readonly rows: number;
  /** Tokens a row. */
  readonly tokens: number;
}

/**
 * The graph's steering inputs for rows x tokens, where `stepsAt[i]` act on the flattened token i. Each layer numbers the
 * vectors that it needs on its own, so that K and P are the most that any one layer needs.
 */
export function steeringFeeds(
  vectors: readonly Float32Array[],
  stepsAt: ReadonlyArray<readonly TokenStep[]>,
  size: SteeringSize,
): Map<string, Feed> {
  const { layers, dModel } = size;
  const added = slots(stepsAt, layers, (step) => step.operation === "add");
  const projected = slots(stepsAt, layers, (step) => step.operation !== "add");
  // At least one column each, of zeros: the runtime's matrix product over nothing is not relied on.
  const k = Math.max(1, ...added.map((layer) => layer.size));
  const p = Math.max(1, ...projected.map((layer) => layer.size));
  const count = size.rows * size.tokens;

  const table = new Float32Array(layers * k * dModel);
  const directions = new Float32Array(layers * p * dModel);
  const norms = new Map<number, number>();
  added.forEach((slotOf, layer) => {
    for (const [vector, slot] of slotOf) {
      table.set(vectorOf(vectors, vector, dModel), (layer * k + slot) * dModel);
    }
  });
  projected.forEach((slotOf, layer) => {
    for (const [vector, slot] of slotOf) {
      const values = vectorOf(vectors, vector, dModel);
      const norm = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0)); // float64
      if (norm === 0) {
        throw new CaaError(
          "invalid-argument",
          "steering: ablate and clamp need a direction, got a vector of zeros",
        );
      }
      norms.set(vector, norm);
      directions.set(
        values.map((x) => x / norm),
        (layer * p + slot) * dModel,
      );
    }
  });

  const coefficients = new Float32Array(layers * count * k);
  const ablation = new Float32Array(layers * count * p);
  const gain = new Float32Array(layers * count * p);
  const target = new Float32Array(layers * count * p);
  stepsAt.forEach((steps, token) => {
    for (const { layer, vector, multiplier, operation } of steps) {
      const slot = (operation === "add" ? added : projected)[layer]?.get(vector) ?? 0;
      const at = (layer * count + token) * (operation === "add" ? k : p) + slot;
      const bump = (array: Float32Array, by: number): void => {
        array[at] = (array[at] ?? 0) + by;
      };
      if (operation === "add") {
        bump(coefficients, multiplier);
      } else if (operation === "ablate") {
        bump(ablation, -multiplier);
      } else {
        bump(gain, -1);
        bump(target, multiplier * (norms.get(vector) ?? 0));
      }
    }
  });

  const perToken = [layers, size.rows, size.tokens];
  return new Map<string, Feed>([
    ["steering_vectors", { data: table, shape: [layers, k, dModel] }],
    ["steering_coefficients", { data: coefficients, shape: [...perToken, k] }],
    ["steering_directions", { data: directions, shape: [layers, p, dModel] }],
    ["ablation_gains", { data: ablation, shape: [...perToken, p] }],
    ["clamp_gains", { data: gain, shape: [...perToken, p] }],
    ["clamp_targets", { data: target, shape: [...perToken, p] }],
  ]);
}

/** For each layer: which column each vector has there. */
function slots(
  stepsAt: ReadonlyArray<readonly TokenStep[]>,
  layers: number,
  wanted: (step: TokenStep) => boolean,
): ReadonlyArray<Map<number, number>> {
  const result = Array.from({ length: layers }, () => new Map<number, number>());
  for (const steps of stepsAt) {
    for (const step of steps) {
      const slotOf = result[step.layer];
      if (wanted(step) && slotOf !== undefined && !slotOf.has(step.vector)) {
        slotOf.set(step.vector, slotOf.size);
      }
    }
  }
  return result;
}

function vectorOf(vectors: readonly Float32Array[], index: number, dModel: number): Float32Array {
  const vector = vectors[index];
  if (vector === undefined || vector.length !== dModel) {
    throw new CaaError(
      "shape-mismatch",
      `steering: expected vectors of ${dModel} values, got ${vector?.length ?? "none"}`,
      { facts: { expected: dModel, got: vector?.length } },
    );
  }
  return vector;
}
