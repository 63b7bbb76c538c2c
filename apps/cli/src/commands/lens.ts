import { LENS_PLACES, type LensPlace } from "@caa/core";
import { type Command, InvalidArgumentError } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import type { LensCommandOptions, Positions } from "../inside/run-lens.ts";
import { addModelOption, addRuntimeOptions } from "../options/model.ts";
import { oneOf } from "../options/names.ts";
import { collectLayers, parseCount, parseWhole } from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { addSteeringOptions } from "../steering.ts";

/** `caa lens` */
export function addLens(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("lens")
    .description(
      "what the model would say next if it ended within a block: the logit lens at the attention output, the residual stream after attention, the MLP output and the block output of each layer, plain and steered; a table, a page and CSV",
    );
  addRuntimeOptions(addModelOption(command))
    .requiredOption("--prompt <text>", "what the user says")
    .option("--system <text>", "a system prompt")
    .option("--answer <text>", "an answer, as far as it is given");
  addSteeringOptions(command)
    .option("--layers <layers...>", "which layers (default: all)", collectLayers)
    .option(
      "--position <which...>",
      "last, all, or tokens by index, such as 0 5-9 (default: last)",
      collectPositions,
    )
    .option("--top <n>", "how many of the likeliest tokens are kept", parseCount, 10)
    .option(
      "--place <places...>",
      "only these places in the table: attention-output, residual-after-attention, mlp-output, block-output (default: all)",
      collectPlaces,
    )
    .option("--bars <layer>", "bars of this layer too, at the last of the positions", parseWhole)
    .option("--out <dir>", "where the page, the CSV and the bars go", "lens")
    .option("--json", "everything as JSON, instead of the table")
    .action(async (options: LensCommandOptions) => {
      const { runLens } = await import("../inside/run-lens.ts");
      await runLens(options, dependencies);
    });
  examples(
    command,
    'caa lens --model llama-2-7b-chat --prompt "The capital of France is"',
    'caa lens --prompt "Is the earth flat?" --steer sycophancy:14:2 --place block-output --layers 10-20',
    'caa lens --prompt "I think 2+2=5. Right?" --answer "(" --position all --bars 14',
  );
}

/** For commander: `last`, `all`, or indices and ranges of them, which add up. */
function collectPositions(value: string, previous?: Positions): Positions {
  const word = value.toLowerCase();
  if (word === "last" || word === "all") {
    if (previous !== undefined && previous !== word) {
      throw new InvalidArgumentError(`Expected last, all or token indices alone, got ${word} too.`);
    }
    return word;
  }
  if (typeof previous === "string") {
    throw new InvalidArgumentError(`Expected ${previous} alone, got ${JSON.stringify(value)} too.`);
  }
  if (!/^[\d\s,-]+$/.test(value)) {
    throw new InvalidArgumentError(
      `Expected last, all or token indices such as 0 5-9, got ${JSON.stringify(value)}.`,
    );
  }
  return collectLayers(value, previous);
}

/** For commander: places, once each, in the order of the computation. */
function collectPlaces(value: string, previous: readonly LensPlace[] = []): readonly LensPlace[] {
  const place = oneOf(...LENS_PLACES)(value);
  return LENS_PLACES.filter((one) => one === place || previous.includes(one));
}
