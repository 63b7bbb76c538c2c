import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { examples } from "../../output/examples.ts";

/** `caa data`: the data sets of the method, from where they are published to where the other commands read them. */
export function addData(program: Command, _dependencies: CliDependencies): void {
  const data = program
    .command("data")
    .description("get, process and check data sets of contrast pairs");
  examples(data, "caa data list", "caa data download", "caa data process");
}
