import { relative, resolve } from "node:path";
import { CaaError } from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { oneOf } from "../../options/names.ts";
import { examples } from "../../output/examples.ts";
import { addSelectOptions, selectCells, type SelectOptions } from "./select.ts";

interface ExportOptions extends SelectOptions {
  readonly format: "csv" | "jsonl" | "parquet";
  readonly items?: boolean;
  readonly out?: string;
}

/** `caa results export` */
export function addResultsExport(parent: Command, dependencies: CliDependencies): void {
  const command = addSelectOptions(
    parent.command("export").description("the figures of cells, or all their items, as one table"),
  )
    .option("--format <format>", "csv, jsonl or parquet", oneOf("csv", "jsonl", "parquet"), "csv")
    .option("--items", "a row an item (default: a row a cell)")
    .option("--out <file>", "where it goes (default: stdout; parquet needs one)")
    .action((options: ExportOptions) => exportResults(options, dependencies));
  examples(
    command,
    "caa results export > figures.csv",
    "caa results export --format parquet --out figures.parquet",
    "caa results export --types open_ended --items --format jsonl --out answers.jsonl",
  );
}

async function exportResults(options: ExportOptions, dependencies: CliDependencies): Promise<void> {
  const { cellRecord, itemRecords, recordsToCsv, recordsToJsonLines, recordsToParquet } =
    await import("@caa/eval");
  const { cwd, stdout, stderr } = dependencies;
  const { format, out } = options;
  if (out === undefined && format === "parquet") {
    const message = "--format parquet: expected --out FILE, since it is no text, got none";
    throw new CaaError("invalid-argument", message);
  }
  const cells = await selectCells(options, dependencies);
  const records = options.items === true ? cells.flatMap(itemRecords) : cells.map(cellRecord);
  const text = format === "csv" ? recordsToCsv(records) : recordsToJsonLines(records);
  if (out === undefined) {
    stdout.write(text);
    return;
  }
  const { writeFileAtomic } = await import("@caa/core/files");
  const path = resolve(cwd, out);
  await writeFileAtomic(path, format === "parquet" ? recordsToParquet(records) : text);
  stderr.write(`${relative(cwd, path)}: ${records.length} rows\n`);
}
