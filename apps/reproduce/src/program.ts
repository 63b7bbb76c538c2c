import type { CellType } from "@caa/eval";
import { Command } from "commander";
import type { CliDependencies } from "../../cli/src/dependencies.ts";
import { reportError } from "../../cli/src/errors.ts";
import { collectNames, oneOf, parseTestType } from "../../cli/src/options/names.ts";
import { parseCount, parseWhole } from "../../cli/src/options/numbers.ts";
import { type Flags, readOptions } from "./run/read-options.ts";
import { printPlan, reproduce } from "./run/reproduce.ts";
import { CommandFailed } from "./run/run-command.ts";

/** Runs the command line and gives its exit code; nothing is thrown. */
export async function runReproduce(
  args: readonly string[],
  dependencies: CliDependencies,
): Promise<number> {
  const { stdout, stderr } = dependencies;
  let exitCode = 0;
  const program = new Command("reproduce")
    .description(
      "run the published Llama-2 experiments and compare them with the published figures",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
    })
    .requiredOption(
      "--model <model>",
      "meta-llama/Llama-2-7b-chat-hf or -13b-; another for a trial",
    )
    .requiredOption("--data <dir>", "the original's data sets, such as a checkout of nrimsky/CAA")
    .option("--out <dir>", "where everything goes (default: reproduced/<model>)")
    .option("--behaviors <names...>", "only these (default: all seven)", collectNames)
    .option("--tests <types...>", "only these: ab, open_ended, mmlu, truthful_qa", collectTests)
    .option("--layer <n>", "another layer than the published one", parseWhole)
    .option(
      "--original-vectors <dir>",
      "steer with the original's own: its folder normalized_vectors",
    )
    .option(
      "--original-prompts",
      "the behavior.json files of the data have the original's system prompts",
    )
    .option("--fine-tuning", "train and test the fine-tuned models too")
    .option("--limit <n>", "only so many pairs and items of each set, for a trial", parseCount)
    .option("--judge <model>", "who scores open-ended answers (default: CAA_JUDGE)")
    .option("--base-url <url>", "the judge's server (default: OPENAI_BASE_URL, else OpenAI's)")
    .option("--device <device>", "auto, cpu or cuda", oneOf("auto", "cpu", "cuda"))
    .option("--dtype <dtype>", "float32, q8 or q4", oneOf("float32", "q8", "q4"))
    .option("--threads <n>", "threads of the processor", parseCount)
    .option("--dry-run", "list the commands and how much work they are, and stop")
    .action(async ({ dryRun, ...flags }: Flags & { readonly dryRun?: boolean }) => {
      const options = await readOptions(flags, dependencies);
      if (dryRun === true) {
        await printPlan(options, dependencies);
      } else {
        ({ exitCode } = await reproduce(options, dependencies));
      }
    });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    const code = reportError(error, dependencies);
    return error instanceof CommandFailed ? error.exitCode : code;
  }
}

function collectTests(value: string, previous: readonly CellType[] = []): readonly CellType[] {
  return [...previous, parseTestType(value)];
}
