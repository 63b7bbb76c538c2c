import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RunConditions } from "../compare/band.ts";
import type { ReproduceOptions } from "../plan/options.ts";
import { PUBLISHED_LAYER } from "../published/table.ts";

/** What `caa data process` writes beside the items that it held out. */
const OWN_SPLIT = "manifest.json";

/** Whether the published bands hold for a run. */
export function conditionsOf(options: ReproduceOptions, cwd: string): RunConditions {
  const { originalVectors, originalPrompts } = options;
  return {
    noBands: whyNoBands(options, cwd),
    originalVectors: originalVectors !== null,
    originalPrompts,
  };
}

function whyNoBands(options: ReproduceOptions, cwd: string): string | null {
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
  return existsSync(join(resolve(cwd, data), OWN_SPLIT))
    ? `the test items are a split of our own (${OWN_SPLIT} in ${data}), not the original's`
    : null;
}
