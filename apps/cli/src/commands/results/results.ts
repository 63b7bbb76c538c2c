import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { examples } from "../../output/examples.ts";
import { addResultsExport } from "./export.ts";
import { addResultsList } from "./list.ts";
import { addResultsShow } from "./show.ts";

/** `caa results` */
export function addResults(parent: Command, dependencies: CliDependencies): void {
  const results = parent.command("results").description("look at what was measured, and export it");
  addResultsList(results, dependencies);
  addResultsShow(results, dependencies);
  addResultsExport(results, dependencies);
  examples(
    results,
    "caa results list",
    "caa results show --types open_ended --behaviors refusal --layers 13",
    "caa results export --format csv > figures.csv",
  );
}
