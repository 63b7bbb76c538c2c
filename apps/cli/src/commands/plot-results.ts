import { mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { CaaError, throwIfAborted } from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { collectNames, oneOf } from "../options/names.ts";
import { collectLayers, collectMultipliers, parseWhole } from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { startProgress } from "../output/progress.ts";
import type { VectorKind } from "../vector-files.ts";

export interface PlotResultsOptions {
  readonly results: string;
  readonly out: string;
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  readonly vectors?: VectorKind;
  readonly layers?: readonly number[];
  readonly multipliers?: readonly number[];
  readonly layer?: number;
  readonly json?: boolean;
}

/** `caa plot results` */
export function addPlotResults(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("results")
    .description(
      "draw p(matching) per layer and against the multiplier: SVG, PNG and the figures as CSV",
    )
    .option("--results <dir>", "folder of results", "results")
    .option("--out <dir>", "where plots go", "plots")
    .option("--behaviors <names...>", "only these behaviors (default: all)", collectNames)
    .option(
      "--models <ids...>",
      "only these models, as results name them (default: all)",
      collectNames,
    )
    .option(
      "--vectors <kind>",
      "only normalized or raw vectors (default: both)",
      oneOf("normalized", "raw"),
    )
    .option("--layers <layers...>", "only these layers, such as 0-29 (default: all)", collectLayers)
    .option(
      "--multipliers <numbers...>",
      "only these, such as -1 0 1 (default: all)",
      collectMultipliers,
    )
    .option(
      "--layer <n>",
      "layer of the plot against the multiplier (default: where it changes most)",
      parseWhole,
    )
    .option("--json", "what was written, as JSON")
    .action(async (options: PlotResultsOptions) => {
      const files = await plotResults(options, dependencies);
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify({ files }, null, 2)}\n`
          : files.map((file) => `${file}\n`).join(""),
      );
    });
  examples(
    command,
    "caa plot results",
    "caa plot results --behaviors refusal --layer 13",
    "caa plot results --results results --out plots --vectors raw --json",
  );
}

/**
 * Draws what is in the folder of results and gives the files, relative to the working folder.
 * @throws {CaaError} empty-selection when there is nothing to draw
 */
export async function plotResults(
  options: PlotResultsOptions,
  dependencies: CliDependencies,
): Promise<readonly string[]> {
  const { readCells } = await import("@caa/eval");
  const { plotAbResults, renderPng } = await import("@caa/eval/plots");
  const { writeFileAtomic } = await import("@caa/core/files");
  const { cwd, signal } = dependencies;
  const { behaviors, models, vectors, layers, multipliers, layer } = options;
  const cells = await readCells(resolve(cwd, options.results), {
    types: ["ab"],
    ...(behaviors === undefined ? {} : { behaviors }),
    ...(models === undefined ? {} : { models }),
    // Controls have names of their own and are drawn beside effects, not for themselves.
    vectors: vectors === undefined ? ["normalized", "raw"] : [vectors],
    ...(layers === undefined ? {} : { layers }),
    ...(multipliers === undefined ? {} : { multipliers }),
  });
  if (cells.length === 0) {
    const message = `${options.results}: expected results to draw, got none that fit. Make them: caa eval --type ab --model M --data DIR`;
    throw new CaaError("empty-selection", message);
  }
  const out = resolve(cwd, options.out);
  await mkdir(out, { recursive: true });
  const files: string[] = [];
  const progress = startProgress(dependencies, "plots", "plots");
  try {
    const plots = await plotAbResults(cells, layer === undefined ? {} : { layer });
    for (const [index, plot] of plots.entries()) {
      throwIfAborted(signal);
      const contents = [
        ["svg", plot.svg],
        ["png", await renderPng(plot.svg)],
        ["csv", plot.csv],
      ] as const;
      for (const [extension, content] of contents) {
        const path = join(out, `${plot.name}.${extension}`);
        await writeFileAtomic(path, content);
        files.push(relative(cwd, path));
      }
      progress.update(index + 1, plots.length);
    }
  } finally {
    progress.end();
  }
  return files;
}
