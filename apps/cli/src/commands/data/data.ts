import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { examples } from "../../output/examples.ts";
import { addDataCheck } from "./check.ts";
import { addDataDownload } from "./download.ts";
import { addDataList } from "./list.ts";
import { addDataMake } from "./make.ts";
import { addDataProcess } from "./process.ts";

/** `caa data`: the data sets of the method, from where they are published to where the other commands read them. */
export function addData(program: Command, dependencies: CliDependencies): void {
  const data = program
    .command("data")
    .description("get, process and check data sets of contrast pairs");
  addDataList(data, dependencies);
  addDataDownload(data, dependencies);
  addDataCheck(data, dependencies);
  addDataMake(data, dependencies);
  addDataProcess(data, dependencies);
  examples(data, "caa data list", "caa data download", "caa data process");
}
