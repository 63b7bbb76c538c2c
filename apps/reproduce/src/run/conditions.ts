import type { RunConditions } from "../compare/band.ts";
import { findOtherItems } from "../items/other-items.ts";
import type { ReproduceOptions } from "../plan/options.ts";
import { PUBLISHED_LAYER } from "../published/table.ts";

/** Sets that are named where items are not the published ones. */
const NAMED = 3;

/** Whether the published bands hold for a run. */
export async function conditionsOf(options: ReproduceOptions, cwd: string): Promise<RunConditions> {
  const { originalVectors, originalPrompts } = options;
  return {
    noBands: await whyNoBands(options, cwd),
    originalVectors: originalVectors !== null,
    originalPrompts,
  };
}

async function whyNoBands(options: ReproduceOptions, cwd: string): Promise<string | null> {
  const { published, size, layer, limit, data, runtime } = options;
  if (!published) {
    return "the published figures are of another model";
  }
  if (layer !== PUBLISHED_LAYER[size]) {
    return `the published layer is ${PUBLISHED_LAYER[size]}`;
  }
  if (limit !== null) {
    return `only the first ${limit} items are run`;
  }
  if (runtime.dtype === "q8" || runtime.dtype === "q4") {
    return "the weights are rounded to blocks";
  }
  const other = await findOtherItems(options, cwd);
  const more = other.length > NAMED ? ` and ${other.length - NAMED} more sets` : "";
  return other.length === 0
    ? null
    : `${data} has other items than nrimsky/CAA: ${other.slice(0, NAMED).join(", ")}${more}`;
}
