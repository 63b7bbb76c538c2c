import { relative, resolve } from "node:path";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { collectNames } from "../options/names.ts";
import { parseCount } from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import type { MakeReportOptions } from "../report/make-report.ts";

interface ReportOptions extends MakeReportOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** `caa report` */
export function addReport(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("report")
    .description(
      "put results into one HTML page that needs nothing else: finding, warnings, plots, tables, answers side by side, settings",
    )
    .option("--results <dir>", "folder of results", "results")
    .option("--behaviors <names...>", "only these behaviors (default: all)", collectNames)
    .option(
      "--models <ids...>",
      "only these models, as results name them (default: all)",
      collectNames,
    )
    .option("--out <file>", "where the page goes", "report.html")
    .option("--title <text>", "its title (default: the models and behaviors)")
    .option("--examples <n>", "open questions that are shown with their answers", parseCount, 3)
    .option("--json", "findings, warnings and what is missing as JSON")
    .action((options: ReportOptions) => report(options, dependencies));
  examples(
    command,
    "caa report",
    "caa report --results results --behaviors sycophancy refusal --out report.html",
    'caa report --models llama-2-7b-chat --title "Refusal in Llama 2"',
  );
}

async function report(options: ReportOptions, dependencies: CliDependencies): Promise<void> {
  const { cwd, stdout, stderr } = dependencies;
  const { makeReport } = await import("../report/make-report.ts");
  const { page, findings, warnings, missing } = await makeReport(options, dependencies);
  const { writeFileAtomic } = await import("@caa/core/files");
  const path = resolve(cwd, options.out);
  await writeFileAtomic(path, page);
  const file = relative(cwd, path);
  if (options.json === true) {
    stdout.write(`${JSON.stringify({ page: file, findings, warnings, missing }, null, 2)}\n`);
    return;
  }
  for (const finding of findings) {
    stderr.write(`${finding}\n`);
  }
  if (warnings.length > 0) {
    stderr.write(`${warnings.length} warnings are on the page\n`);
  }
  stdout.write(`${file}\n`);
}
