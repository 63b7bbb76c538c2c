import { type Command, CommanderError } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { EXIT } from "../exit-codes.ts";
import { BEHAVIORS_HELP, collectBehaviors, DATA_HELP } from "../options/data.ts";
import { addModelOption, addRuntimeOptions } from "../options/model.ts";
import { oneOf } from "../options/names.ts";
import {
  collectLayers,
  collectMultipliers,
  parseCount,
  parsePositive,
  parseWhole,
  parseWithin,
} from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { runTune, type TuneCommandOptions } from "../tune/run-tune.ts";
import { printTuning } from "../tune/print-tuning.ts";

/** `caa tune` */
export function addTune(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("tune")
    .description(
      "find a layer and a multiplier for a behavior, at no more damage than allowed, or say that there is none",
    );
  addRuntimeOptions(addModelOption(command))
    .option("--data <dir>", DATA_HELP)
    .option("--vectors <dir>", "folder of vectors", "vectors")
    .option("--behaviors <names...>", BEHAVIORS_HELP, collectBehaviors)
    .option("--layers <layers...>", "among which to choose (default: all)", collectLayers)
    .option(
      "--multipliers <numbers...>",
      "among which to choose: above 0 toward the behavior, below 0 away from it (default: 0.5 1 1.5 2)",
      collectMultipliers,
    )
    .option("--raw", "use the vectors as made (default: normalized ones where present)")
    .option(
      "--positions <rule>",
      "which tokens are steered: marker (from the last token of the instruction's end on), after-marker, all",
      oneOf("marker", "after-marker", "all"),
      "marker",
    )
    .option(
      "--controls <n>",
      "random directions that go through the same choice; with 19 chance alone passes them in one case of 20",
      parseCount,
      19,
    )
    .option("--min-gain <x>", "least change of p(matching) worth it", parsePositive, 0.05)
    .option("--candidates <n>", "how many cells the guard is asked about at most", parseCount, 5)
    .option(
      "--min-letter-mass <x>",
      "guard: least probability of both letters together, or nine tenths of the plain model's where that is less",
      parseWithin(0, 1),
      0.5,
    )
    .option(
      "--max-divergence <nats>",
      "guard: most divergence (KL) of the next token from the plain model's, on harmless text",
      parsePositive,
      0.5,
    )
    .option(
      "--max-perplexity-ratio <x>",
      "guard: most perplexity of harmless text, as a multiple of the plain model's",
      parsePositive,
      1.5,
    )
    .option(
      "--max-repetition-rise <x>",
      "guard: most rise of the repetition of open-ended answers",
      parsePositive,
      0.1,
    )
    .option("--max-mmlu-drop <x>", "guard: most drop of p(correct) in MMLU", parsePositive, 0.05)
    .option(
      "--harmless <file>",
      "questions whose answers should stay as they are, in the format of open-ended sets (default: 24 everyday questions; with the built-in sets, questions on the other behaviors)",
    )
    .option("--mmlu-items <n>", "how many MMLU items, drawn by the seed", parseCount, 200)
    .option("--max-new-tokens <n>", "length of an open-ended answer at most", parseCount, 40)
    .option("--seed <n>", "of the split, the draws and the random directions", parseWhole, 0)
    .option("--out <dir>", "where results go, in tune/<behavior>/", "results")
    .option("--overwrite", "measure again what is there")
    .option("--json", "everything as JSON")
    .action(async ({ json, ...options }: TuneCommandOptions & { readonly json?: boolean }) => {
      const tunings = await runTune(options, dependencies);
      if (json === true) {
        const figures = tunings.map(({ result, files }) => ({ ...result, files }));
        dependencies.stdout.write(`${JSON.stringify({ tunings: figures }, null, 2)}\n`);
      } else {
        for (const tuning of tunings) {
          printTuning(tuning, options, dependencies);
        }
      }
      const refused = tunings.filter(({ result }) => result.refusals.length > 0);
      if (refused.length > 0) {
        const names = refused.map(({ result }) => result.settings.behavior).join(", ");
        throw new CommanderError(EXIT.none, "caa.none", `nothing is recommended for ${names}`);
      }
    });
  examples(
    command,
    "caa tune --model phantom --behaviors corrigible-neutral-HHH refusal",
    "caa tune --model llama-2-7b-chat --data datasets/original --behaviors sycophancy --layers 8-20",
    "caa tune --behaviors refusal --multipliers -0.5 -1 -1.5 -2 --max-mmlu-drop 0.02",
    "caa tune --behaviors sycophancy --harmless questions.json --json > sycophancy.json",
  );
}
