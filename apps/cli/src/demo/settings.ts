import type { ModelInfo } from "@caa/core";
import { ANSWERED, CURVE_ONLY } from "./plan.ts";
import type { MeasuredBehavior } from "./write-up.ts";

export interface SettingsOptions {
  readonly model: ModelInfo;
  readonly measured: readonly MeasuredBehavior[];
  readonly pairs: number;
  readonly seeds: readonly number[];
  readonly maxNewTokens: number;
}

/** Digits of a hash that are shown: enough to tell files apart. */
const HASH_DIGITS = 16;

/** All that made the figures, by name. */
export function settingsOf({
  model,
  measured,
  pairs,
  seeds,
  maxNewTokens,
}: SettingsOptions): ReadonlyArray<readonly [name: string, value: string]> {
  const short = (hash: string): string => hash.slice(0, HASH_DIGITS);
  const cell = measured[0]?.curve[0];
  return [
    ["model", `${model.id}, ${model.architecture}, ${model.layerCount} layers of ${model.dModel}`],
    ["model hash", short(model.hash)],
    ["run as", `${model.dtype} on ${model.device}, prompt style ${model.promptStyle}`],
    ["contrast pairs", `${pairs} a behavior, from the start of each built-in set`],
    ...measured.flatMap(({ sweep, layer, curve }): (readonly [string, string])[] => {
      const { behavior, metadata } = sweep.vectors;
      const vector = curve[0]?.hashes.vector ?? "";
      return [
        [
          behavior,
          `${curve[0]?.summary.n ?? 0} test items scored, test set ${short(sweep.set.hash)}, pairs ${short(metadata.datasetHash)}, vectors ${short(metadata.contentHash ?? "")}, at layer ${layer} ${short(vector)}`,
        ],
      ];
    }),
    ["vectors", "mean difference, as made (not normalized)"],
    ["steering", `${cell?.settings.operation}, positions ${cell?.settings.positions}`],
    ["multipliers", `${ANSWERED.join(" ")} at every layer; ${CURVE_ONLY.join(" ")} at one`],
    ["random directions", `seeds ${seeds.join(" ")}, length of the vector at each layer`],
    [
      "intervals",
      `${Math.round(100 * (cell?.summary.confidence ?? 0))} % bootstrap over items, seed ${cell?.summary.seed}`,
    ],
    ["answers", `the likeliest tokens, at most ${maxNewTokens}`],
  ];
}
