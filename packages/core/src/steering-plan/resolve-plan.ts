import { CaaError } from "../errors/caa-error.ts";
import type { Steering } from "../model/steering.ts";
import type { SteeringVectors } from "../steering-vectors/steering-vectors.ts";
import { formatPlanEntry } from "./format-plan.ts";
import type { PlanEntry } from "./plan-entry.ts";

/**
 * The steps that a plan stands for: one for each layer of each entry, in their order.
 * @param lookup gives the vectors of a name, or undefined where there are none
 * @throws {CaaError} `not-found` naming the entry, for a name or a layer without a vector; `shape-mismatch` when the
 * vectors of two entries differ in size; what `lookup` throws
 */
export function resolvePlan(
  entries: readonly PlanEntry[],
  lookup: (name: string) => SteeringVectors | undefined,
): Steering {
  let size: { readonly dModel: number; readonly entry: string } | undefined;
  return entries.flatMap((entry) => {
    const text = formatPlanEntry(entry);
    const vectors = lookup(entry.name);
    if (vectors === undefined) {
      throw new CaaError(
        "not-found",
        `steering "${text}": expected vectors of "${entry.name}", there are none`,
        {
          facts: { entry: text, name: entry.name },
        },
      );
    }
    size ??= { dModel: vectors.dModel, entry: text };
    if (vectors.dModel !== size.dModel) {
      throw new CaaError(
        "shape-mismatch",
        `steering "${text}": expected vectors of ${size.dModel} values as in "${size.entry}", got ${vectors.dModel}`,
        { facts: { entry: text, expected: size.dModel, got: vectors.dModel } },
      );
    }
    return entry.layers.map((layer) => {
      if (!vectors.layers.includes(layer)) {
        throw new CaaError(
          "not-found",
          `steering "${text}": expected one of the layers ${vectors.layers.join(", ")}, got ${layer}`,
          { facts: { entry: text, layer, layers: vectors.layers } },
        );
      }
      return {
        name: entry.name,
        layer,
        vector: vectors.vector(layer),
        multiplier: entry.multiplier,
        operation: entry.operation,
        positions: entry.positions,
      };
    });
  });
}
