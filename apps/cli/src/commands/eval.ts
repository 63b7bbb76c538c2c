import type { CellType } from "@caa/eval";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { type EvalOptions, evaluate, type EvalRun } from "../eval/evaluate.ts";
import { addModelOption, addRuntimeOptions } from "../options/model.ts";
import { BEHAVIORS_HELP, collectBehaviors, DATA_HELP } from "../options/data.ts";
import { oneOf, parseTestType } from "../options/names.ts";
import {
  collectLayers,
  collectMultipliers,
  parseCount,
  parseWhole,
  parseWithin,
} from "../options/numbers.ts";
import { choiceToJson, printChoiceRun } from "../output/choice-run.ts";
import { openEndedToJson, printOpenEndedRun } from "../output/open-ended-run.ts";
import { examples } from "../output/examples.ts";

/** `caa eval` */
export function addEval(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("eval")
    .description("measure what steering does, over layers and multipliers");
  addRuntimeOptions(addModelOption(command))
    .option(
      "--type <type>",
      "which test: ab, open_ended, mmlu, truthful_qa; also written with -",
      parseTestType,
      "ab" satisfies CellType,
    )
    .option("--data <dir>", DATA_HELP)
    .option("--vectors <dir>", "folder of vectors", "vectors")
    .option("--behaviors <names...>", BEHAVIORS_HELP, collectBehaviors)
    .option("--layers <layers...>", "such as 0-29 or 0 5 9 or 0,5,9 (default: all)", collectLayers)
    .option("--multipliers <numbers...>", "such as -1 0 1 (default: -1 0 1)", collectMultipliers)
    .option("--raw", "use the vectors as made (default: normalized ones where present)")
    .option("--override-vector <layer>", "use this layer's vector at every layer", parseWhole)
    .option(
      "--override-vector-model <model>",
      "use the vectors of another model of the same width, such as llama-2-7b",
    )
    .option(
      "--override-weights <model>",
      "run this fine-tuned form of the model (a folder or LoRA adapter, see caa finetune), steered by the model's own vectors; prompts are by default those that it was trained on",
    )
    .option(
      "--allow-other-base",
      "with --override-weights: take the vectors even where the weights were trained from another model than theirs",
    )
    .option(
      "--controls <n>",
      "so many random directions of the vector's norm beside it, and the vector of shuffled labels; not for open_ended",
      parseCount,
      3,
    )
    .option("--no-controls", "the vectors alone: nothing then tells a direction from any other")
    .option(
      "--positions <rule>",
      "which tokens are steered: marker (from the last token of the instruction's end on), after-marker, all",
      oneOf("marker", "after-marker", "all"),
      "marker",
    )
    .option("--system <text>", "a system prompt for every item")
    .option(
      "--system-prompt <which>",
      "the behavior's own system prompt: pos asks for it, neg for its opposite",
      oneOf("pos", "neg"),
    )
    .option("--max-new-tokens <n>", "open_ended: length of an answer at most", parseCount, 100)
    .option(
      "--temperature <t>",
      "open_ended: 0 alone, since answers are compared token by token",
      parseWithin(0, 0),
      0,
    )
    .option("--limit <n>", "only so many items from the start of each set", parseCount)
    .option("--out <dir>", "where results go, in <type>/<behavior>/", "results")
    .option("--overwrite", "measure cells again that are there")
    .option("--json", "figures and files as JSON")
    .action(
      async ({ multipliers = [-1, 0, 1], json, ...options }: EvalOptions & { json?: boolean }) => {
        const runs = await evaluate({ ...options, multipliers }, dependencies);
        if (json === true) {
          const figures = await Promise.all(runs.map(toJson));
          dependencies.stdout.write(`${JSON.stringify({ runs: figures }, null, 2)}\n`);
        } else {
          for (const run of runs) {
            await print(run, dependencies);
          }
          dependencies.stderr.write(whereResultsAre(runs, options));
        }
      },
    );
  examples(
    command,
    "caa eval --type ab --model llama-2-7b-chat --data datasets --behaviors sycophancy --layers 0-31 --multipliers -1 0 1",
    "caa eval --type ab --behaviors refusal --layers 13 --multipliers -2,-1,0,1,2 --raw --no-controls",
    "caa eval --type open_ended --behaviors refusal --layers 13 --multipliers -1 0 1 --system-prompt pos",
    "caa eval --type mmlu --data datasets/original --behaviors sycophancy --layers 14 --multipliers -1 0 1",
    "caa eval --type truthful_qa --behaviors hallucination --layers 10-15 --override-vector 13",
    "caa eval --type ab --model ./model.gguf --behaviors sycophancy --layers 15 --multipliers -1 0 1 --override-weights finetuned/model.gguf_sycophancy_pos_layer=15",
    "caa eval --type ab --behaviors refusal --layers 10,13 --limit 10 --json > figures.json",
  );
}

function print(run: EvalRun, dependencies: CliDependencies): Promise<void> {
  return run.type === "open_ended"
    ? printOpenEndedRun(run, dependencies)
    : printChoiceRun(run, dependencies);
}

function toJson(run: EvalRun): Promise<object> {
  return run.type === "open_ended" ? openEndedToJson(run) : choiceToJson(run);
}

function whereResultsAre(
  runs: readonly EvalRun[],
  { out, type }: Pick<EvalOptions, "out" | "type">,
): string {
  const dir = out === "results" ? "" : ` --results ${out}`;
  const names = runs.map((run) => run.behavior).join(" ");
  const next =
    type === "ab"
      ? `plots: caa plot results${dir} --behaviors ${names}`
      : `figures: caa results list${dir} --types ${type}`;
  return `results: ${out}/${type}/<behavior>/\n${next}\n`;
}
