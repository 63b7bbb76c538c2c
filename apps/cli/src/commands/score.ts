import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { DATA_HELP } from "../options/data.ts";
import { collectNames } from "../options/names.ts";
import {
  collectLayers,
  collectMultipliers,
  parseCount,
  parseNonNegative,
  parseWhole,
} from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { printEstimate, printScores, scoresToJson } from "../output/score-report.ts";
import { failWhereRequestsFailed, type ScoreOptions, scoreAnswers } from "./score-run.ts";
import { estimateScoring } from "./score-estimate.ts";
import { writeLabelSheet } from "./score-labels.ts";

/** `caa score` */
export function addScore(parent: Command, dependencies: CliDependencies): void {
  const { stdout } = dependencies;
  const command = parent
    .command("score")
    .description(
      "have a judge, a language model behind an OpenAI-compatible server, score open-ended answers from 0 to 10",
    )
    .option("--results <dir>", "folder of results, with open_ended/ in it", "results")
    .option("--out <dir>", "where scores go (default: open_ended_scores in the results)")
    .option("--judge <model>", "the judge, as its server names it (default: CAA_JUDGE)")
    .option(
      "--base-url <url>",
      "its server, such as http://localhost:8080/v1 (default: OPENAI_BASE_URL, else OpenAI's); one of your own needs no key",
    )
    .option("--repeats <n>", "how often each answer is judged", parseCount, 1)
    .option("--second-judge <model>", "another judge, for agreement")
    .option(
      "--second-base-url <url>",
      "its server, with the key SECOND_JUDGE_KEY where it needs one (default: that of the first, with the first's key)",
    )
    .option("--labels <file>", "scores of a person, for agreement: a sheet of --write-labels")
    .option("--write-labels <file>", "write a sheet of the answers for a person to score, and stop")
    .option("--data <dir>", `${DATA_HELP}; their behavior.json may have rubrics`)
    .option("--rubric <text>", "what is looked for, and what 0 and 10 mean; for one behavior")
    .option("--behaviors <names...>", "only these behaviors (default: all)", collectNames)
    .option("--models <ids...>", "only these models (default: all)", collectNames)
    .option("--layers <layers...>", "only these layers (default: all)", collectLayers)
    .option("--multipliers <numbers...>", "only these (default: all)", collectMultipliers)
    .option("--concurrency <n>", "requests at once", parseCount, 4)
    .option("--max-tokens <n>", "the most tokens of a reply", parseCount, 100)
    .option("--seed <n>", "of the order, the marks and the intervals", parseWhole, 0)
    .option(
      "--cache <dir>",
      "where replies are kept, so that none is paid twice (default: .judge-cache in the results)",
    )
    .option("--no-probe", "leave out the check whether the judge obeys what the answers say")
    .option("--dry-run", "tokens and cost, as far as they can be told before; asks nobody")
    .option("--price-in <price>", "of a million input tokens", parseNonNegative)
    .option("--price-out <price>", "of a million output tokens", parseNonNegative)
    .option("--second-price-in <price>", "likewise, of the second judge", parseNonNegative)
    .option("--second-price-out <price>", "likewise, of the second judge", parseNonNegative)
    .option("--json", "figures and files as JSON")
    .action(async (options: ScoreOptions) => {
      if (options.writeLabels !== undefined) {
        stdout.write(`${await writeLabelSheet(options.writeLabels, options, dependencies)}\n`);
        return;
      }
      if (options.dryRun === true) {
        printEstimate(await estimateScoring(options, dependencies), options, dependencies);
        return;
      }
      const result = await scoreAnswers(options, dependencies);
      if (options.json === true) {
        stdout.write(`${JSON.stringify(scoresToJson(result), null, 2)}\n`);
      } else {
        printScores(result, dependencies);
      }
      failWhereRequestsFailed(result);
    });
  examples(
    command,
    "caa score --judge gpt-4o --dry-run --price-in 2.5 --price-out 10",
    "caa score --judge gpt-4o --behaviors sycophancy --repeats 3",
    "caa score --judge llama3.1:70b --base-url http://localhost:11434/v1",
    "caa score --judge gpt-4o --second-judge llama3.1:70b --second-base-url http://localhost:11434/v1",
    "caa score --write-labels labels.csv --behaviors refusal    # fill in the scores, then:",
    "caa score --judge gpt-4o --behaviors refusal --labels labels.csv --json > scores.json",
  );
}
