import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import type { ScoredCell } from "@caa/scoring";
import { type Command, InvalidArgumentError } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { collectNames, oneOf } from "../options/names.ts";
import { collectLayers, collectMultipliers, parseWhole } from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { type DrawnPlots, drawPlots } from "../output/write-plots.ts";
import { readScores } from "../read-scores.ts";
import type { VectorKind } from "../vector-files.ts";

export interface PlotResultsOptions {
  readonly results: string;
  readonly out: string;
  readonly type?: "ab" | "open-ended" | "mmlu" | "truthful-qa";
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  readonly vectors?: VectorKind;
  readonly layers?: readonly number[];
  readonly multipliers?: readonly number[];
  readonly layer?: number;
  readonly title?: string;
  readonly latex?: boolean;
  readonly json?: boolean;
}

/** `caa plot results` */
export function addPlotResults(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("results")
    .description(
      "draw what was measured, beside controls, per layer, against the multiplier, beside fine-tuning, for all behaviors and by category: SVG, PNG and the figures as CSV",
    )
    .option("--results <dir>", "folder of results", "results")
    .option("--out <dir>", "where plots go", "plots")
    .option(
      "--type <type>",
      "only this test: ab, open-ended, mmlu or truthful-qa (default: all)",
      oneOf("ab", "open-ended", "mmlu", "truthful-qa"),
    )
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
      "layer of the plots at one layer (default: in each where it changes most)",
      parseWhole,
    )
    .option(
      "--title <text>",
      "title of every picture, whose own then begins its subtitle (default: its own)",
      parseTitle,
    )
    .option("--latex", "tables as LaTeX too")
    .option("--json", "what was written, as JSON")
    .action(async (options: PlotResultsOptions) => {
      const drawn = await plotResults(options, dependencies);
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify(drawn, null, 2)}\n`
          : drawn.files.map((file) => `${file}\n`).join(""),
      );
    });
  examples(
    command,
    "caa plot results",
    "caa plot results --behaviors refusal --layer 13",
    "caa plot results --type mmlu --latex",
    'caa plot results --behaviors refusal --title "Refusal, Llama 2"',
    "caa plot results --results results --out plots --vectors raw --json",
  );
}

/**
 * Draws what is in the folder of results.
 * @throws {CaaError} empty-selection when there is nothing to draw; not-found for a layer that was not measured
 */
export async function plotResults(
  options: PlotResultsOptions,
  dependencies: CliDependencies,
): Promise<DrawnPlots> {
  const { readCells, vectorsOfControl } = await import("@caa/eval");
  const { planResultPlots, planScorePlots } = await import("@caa/eval/plots");
  const dir = resolve(dependencies.cwd, options.results);
  const { type, behaviors, models, layers, multipliers, layer, title } = options;
  const filter = {
    ...(behaviors === undefined ? {} : { behaviors }),
    ...(models === undefined ? {} : { models }),
    ...(layers === undefined ? {} : { layers }),
    ...(multipliers === undefined ? {} : { multipliers }),
  };
  const types = (["ab", "mmlu", "truthful_qa"] as const).filter(
    (one) => type === undefined || one === type.replace("-", "_"),
  );
  const kinds = options.vectors === undefined ? ["normalized", "raw"] : [options.vectors];
  const read = types.length === 0 ? [] : await readCells(dir, { types, ...filter });
  const cells = read.filter(({ settings: { vectors } }) =>
    kinds.includes(vectorsOfControl(vectors) ?? vectors),
  );
  const scores =
    type === undefined || type === "open-ended"
      ? (await readScores(dir)).filter(({ settings }) =>
          matches(settings, { ...filter, vectors: kinds }),
        )
      : [];
  const all = [...cells, ...scores];
  if (all.length === 0) {
    const open = type === "open-ended";
    const message = `${options.results}: expected results to draw, got none that fit. Make them: ${open ? "caa eval --type open-ended, then caa score" : "caa eval --type ab --model M --data DIR"}`;
    throw new CaaError("empty-selection", message);
  }
  const measured = new Set(all.map(({ settings }) => settings.layer));
  if (layer !== undefined && !measured.has(layer)) {
    const there = [...measured].sort((a, b) => a - b);
    const message = `--layer: expected a layer that was measured, got ${layer}; there: ${there.join(" ")}`;
    throw new CaaError("not-found", message, { facts: { layer, layers: there } });
  }
  const told = { layer, title };
  const plots = [...planResultPlots(cells, told), ...planScorePlots(scores, told)];
  return await drawPlots(plots, options, dependencies);
}

/** For commander. @throws {InvalidArgumentError} for blanks alone */
function parseTitle(value: string): string {
  if (value.trim() === "") {
    throw new InvalidArgumentError("Expected some text, got none.");
  }
  return value;
}

interface Filter {
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  readonly vectors: readonly string[];
  readonly layers?: readonly number[];
  readonly multipliers?: readonly number[];
}

function matches(settings: ScoredCell["settings"], filter: Filter): boolean {
  const { behavior, layer, multiplier } = settings;
  const named = (names: readonly string[] | undefined, value: unknown): boolean =>
    names === undefined || (typeof value === "string" && names.includes(value));
  return (
    named(filter.behaviors, behavior) &&
    named(filter.models, settings["model"]) &&
    named(filter.vectors, settings["vectors"]) &&
    (filter.layers?.includes(layer) ?? true) &&
    (filter.multipliers?.includes(multiplier) ?? true)
  );
}
