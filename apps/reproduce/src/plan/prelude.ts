import type { RunConditions } from "../compare/band.ts";
import type { ReproduceOptions } from "./options.ts";
import { chosenCells, planRuns } from "./plan-runs.ts";

/** Of Llama-2-7b, the only model of which fine-tuned forms are published, in float32: 4 bytes for each of its weights. */
const FINE_TUNED_GB = (4 * 6_738_415_616) / 1e9;

/** What is to be known before a long run, a line each. */
export function preludeOf(options: ReproduceOptions, { noBands }: RunConditions): string {
  const { published, tests, judge } = options;
  const runs = planRuns(options);
  const models = runs.filter(({ makes }) => makes !== null).length;
  const size = published
    ? `${Math.round(FINE_TUNED_GB)} GB each, ${Math.ceil(models * FINE_TUNED_GB)} GB in all, and as much as one more while it is trained`
    : "each as large as the model in float32";
  return [
    `${chosenCells(options).length} published figures, ${runs.length} commands; --dry-run lists how much work each is, and each says how long it still takes`,
    ...(models === 0 ? [] : [`${models} fine-tuned models are written: ${size}`]),
    ...(tests.includes("open_ended") && judge === null
      ? [
          "open-ended answers will not be judged: that takes --judge, and a key (OPENAI_API_KEY) or --base-url",
        ]
      : []),
    ...(noBands === null ? [] : [`published bands do not apply: ${noBands}`]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
