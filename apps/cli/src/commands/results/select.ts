import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import type { Cell, CellType } from "@caa/eval";
import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { collectNames, parseTestType } from "../../options/names.ts";
import { collectLayers, collectMultipliers } from "../../options/numbers.ts";

export interface SelectOptions {
  readonly results: string;
  readonly types?: readonly CellType[];
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  readonly vectors?: readonly string[];
  readonly layers?: readonly number[];
  readonly multipliers?: readonly number[];
}

/** Adds the options that say which results are meant. */
export function addSelectOptions(command: Command): Command {
  return command
    .option("--results <dir>", "folder of results", "results")
    .option(
      "--types <types...>",
      "only these tests: ab, open_ended, mmlu, truthful_qa (default: all)",
      (value: string, previous: readonly CellType[] = []) => [
        ...new Set([...previous, ...collectNames(value).map(parseTestType)]),
      ],
    )
    .option("--behaviors <names...>", "only these behaviors (default: all)", collectNames)
    .option(
      "--models <ids...>",
      "only these models, as results name them (default: all)",
      collectNames,
    )
    .option(
      "--vectors <kinds...>",
      "only these vectors, such as normalized, raw, normalized-random-1 (default: all)",
      collectNames,
    )
    .option("--layers <layers...>", "only these layers, such as 0-29 (default: all)", collectLayers)
    .option(
      "--multipliers <numbers...>",
      "only these, such as -1 0 1 (default: all)",
      collectMultipliers,
    );
}

/** The results that are meant, by type, behavior, layer and multiplier. @throws {CaaError} empty-selection when there are none; as `readCells` */
export async function selectCells(
  options: SelectOptions,
  { cwd }: Pick<CliDependencies, "cwd">,
): Promise<readonly Cell[]> {
  const { readCells } = await import("@caa/eval");
  const { types, behaviors, models, vectors, layers, multipliers } = options;
  const cells = await readCells(resolve(cwd, options.results), {
    ...(types === undefined ? {} : { types }),
    ...(behaviors === undefined ? {} : { behaviors }),
    ...(models === undefined ? {} : { models }),
    ...(vectors === undefined ? {} : { vectors }),
    ...(layers === undefined ? {} : { layers }),
    ...(multipliers === undefined ? {} : { multipliers }),
  });
  if (cells.length === 0) {
    const message = `${options.results}: expected results, got none that fit. Make them: caa eval --type ab --model M --data DIR`;
    throw new CaaError("empty-selection", message);
  }
  return [...cells].sort(
    ({ settings: a }, { settings: b }) =>
      order(a.type, b.type) ||
      order(a.behavior, b.behavior) ||
      order(a.model, b.model) ||
      order(a.vectors, b.vectors) ||
      a.layer - b.layer ||
      a.multiplier - b.multiplier,
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
