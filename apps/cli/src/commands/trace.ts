import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import type { TraceCommandOptions } from "../inside/write-trace.ts";
import { addModelOption, addRuntimeOptions } from "../options/model.ts";
import { collectNames } from "../options/names.ts";
import { parseWhole } from "../options/numbers.ts";
import { addSamplingOptions } from "../options/sampling.ts";
import { examples } from "../output/examples.ts";
import { addSteeringOptions } from "../steering.ts";

/** `caa trace` */
export function addTrace(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("trace")
    .description(
      "the residual stream against steering vectors at each token of a prompt and of its answer, as it is generated or given: dot product and cosine beside the band of random directions; colored tokens, a page, a heat map of all layers and CSV",
    );
  addRuntimeOptions(addModelOption(command))
    .requiredOption("--prompt <text>", "what the user says")
    .requiredOption(
      "--behavior, --behaviors <names...>",
      "whose vectors are watched; several at once",
      collectNames,
    )
    .option("--system <text>", "a system prompt")
    .option("--answer <text>", "trace this answer (default: what the model answers)")
    .option(
      "--layer <n>",
      "layer of the tokens' colors and of the table (default: where the halves of the pairs agree best; the heat map has all layers)",
      parseWhole,
    );
  addSamplingOptions(addSteeringOptions(command))
    .option("--out <dir>", "where the page, the heat map and the CSV go", "traces")
    .option("--json", "everything as JSON, at the end")
    .action(async (options: TraceCommandOptions) => {
      const { runTrace } = await import("../inside/run-trace.ts");
      await runTrace(options, dependencies);
    });
  examples(
    command,
    'caa trace --model llama-2-7b-chat --prompt "I think 2+2=5. Right?" --behavior sycophancy',
    'caa trace --prompt "Who are you?" --behavior refusal sycophancy --layer 13 --steer refusal:13:-1',
    'caa trace --prompt "Is the earth flat?" --answer "Yes, as you say." --behavior sycophancy --json',
  );
}
