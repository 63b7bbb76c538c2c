import type { SteeringPositions } from "../model/steering.ts";
import { PLAN_DEFAULTS, type PlanEntry } from "./plan-entry.ts";

/**
 * Prints an entry in its one canonical form, which `parsePlanEntry` reads back as the same entry: three or more layers
 * in a row as `10-14`, and no part that is the default.
 * @example formatPlanEntry(parsePlanEntry("a:9,3,4,5:+1.50:add:all")) // "a:3-5,9:1.5:all"
 */
export function formatPlanEntry(entry: PlanEntry): string {
  const parts = [entry.name, formatLayers(entry.layers), String(entry.multiplier)];
  if (entry.operation !== PLAN_DEFAULTS.operation) {
    parts.push(entry.operation);
  }
  if (entry.positions !== PLAN_DEFAULTS.positions) {
    parts.push(formatPositions(entry.positions));
  }
  return parts.join(":");
}

function formatLayers(layers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const layer of [...layers].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && layer === run[1] + 1) {
      run[1] = layer;
    } else {
      runs.push([layer, layer]);
    }
  }
  return runs
    .map(([first, last]) =>
      first === last ? `${first}` : `${first}${last === first + 1 ? "," : "-"}${last}`,
    )
    .join(",");
}

/** Positions as an entry writes them, such as `marker` or `3-7`. */
export function formatPositions(positions: SteeringPositions): string {
  return typeof positions === "string" ? positions : `${positions.from}-${positions.to}`;
}
