import { CaaError, throwIfAborted } from "@caa/core";
import type { DataSet } from "@caa/datasets";
import type { ChoiceCell, ChoiceMeasure } from "../results/choice-cell.ts";
import type { ChoiceSettings, ChoiceType } from "../results/settings.ts";
import { CELL_VERSION } from "../results/version.ts";
import { Measurements } from "../sweep/measurements.ts";
import { type PlannedCell, planCells } from "../sweep/plan-cells.ts";
import { keepOrMake } from "../sweep/keep-or-make.ts";
import { type SweepOptions, sweepSettings, takeItems } from "../sweep/sweep-options.ts";
import type { ChoiceQuestion } from "./question.ts";
import { answersOf, measureOf, rowOf } from "./score.ts";
import { summarizeChoices } from "./summary.ts";

export interface ChoiceSweepOptions extends SweepOptions {
  readonly type: ChoiceType;
  /** Its `behavior` is that of the vectors, whatever the questions are about. */
  readonly dataset: DataSet<ChoiceQuestion>;
}

export interface ChoiceSweepResult {
  /** By layer, then in the order of the multipliers. */
  readonly cells: readonly ChoiceCell[];
  /** How many of them were in the store before. */
  readonly kept: number;
}

/** Vectors that are measured beside others on the same items. */
export type ChoiceSet = Pick<
  ChoiceSweepOptions,
  "vectors" | "vectorsKind" | "layers" | "multipliers"
>;

/** A cell of one of several sets. */
interface SetCell extends PlannedCell {
  readonly settings: ChoiceSettings;
}

/**
 * A test with two lettered answers: for every layer, multiplier and item the probabilities of the answers, and for every
 * layer and multiplier a cell with the mean of `matching / (matching + not matching)`. All cells of an item are one request
 * to the model. Rows are kept as they come, so that a run that was stopped goes on from there; cells that the store has
 * are kept.
 * @throws {CaaError} empty-selection, invalid-argument for bad options; incompatible-vector for vectors that do
 *   not fit the model; not-found for a layer without vector; invalid-data for a cell in the store that other
 *   data, vectors or another model made; io; aborted; what the model throws
 */
export async function runChoiceSweep(options: ChoiceSweepOptions): Promise<ChoiceSweepResult> {
  return await runChoiceSets(options, [options]);
}

/**
 * The same for several sets of vectors, told apart by `vectorsKind`, whose cells are one request an item together.
 * @returns cells by set, in the order given
 * @throws {CaaError} as `runChoiceSweep`
 */
export async function runChoiceSets(
  options: Omit<ChoiceSweepOptions, keyof ChoiceSet>,
  sets: readonly ChoiceSet[],
): Promise<ChoiceSweepResult> {
  const { type, dataset, store, signal, seed = 0 } = options;
  throwIfAborted(signal);
  const items = takeItems(dataset.items, options.limit);
  const commons = sets.map((set) => ({
    type,
    ...sweepSettings(dataset.behavior, { ...options, ...set }),
  }));
  const planned = sets.flatMap((set, i) =>
    planCells({ ...options, ...set }, dataset.hash).flatMap((cell): readonly SetCell[] => {
      const { layer, multiplier } = cell;
      const common = commons[i];
      return common === undefined ? [] : [{ ...cell, settings: { ...common, layer, multiplier } }];
    }),
  );
  const [common] = commons;
  const kinds = commons.map(({ vectors }) => vectors).join(" ");
  const { model, overwrite = false } = options;
  const made = { model: model.info.hash, dataset: dataset.hash, items };
  // Rows that a run with `overwrite` left are its own: other runs keep what is in the store.
  const journal = store.choiceJournal(type, { ...common, vectors: kinds, ...made, overwrite });
  return await keepOrMake({
    planned,
    overwrite,
    journal,
    find: (cell) => store.find(cell.settings, cell.hashes),
    write: (cell) => store.write(cell),
    measure: (missing) => measure(options, items, new Measurements(journal, items.length, missing)),
    make: ({ settings, hashes }, measures): ChoiceCell => {
      if (measures.length !== items.length) {
        const message = `choiceProbabilities: expected a result for each of ${items.length} items, got ${measures.length}`;
        throw new CaaError("shape-mismatch", message);
      }
      const rows = items.flatMap((item, i) => {
        const measured = measures[i];
        return measured === undefined ? [] : [rowOf(item, measured)];
      });
      return {
        version: CELL_VERSION,
        settings,
        hashes,
        summary: summarizeChoices(rows, seed),
        rows,
      };
    },
  });
}

async function measure(
  { model, system, signal, onProgress }: Omit<ChoiceSweepOptions, keyof ChoiceSet>,
  items: readonly ChoiceQuestion[],
  measurements: Measurements<ChoiceMeasure>,
): Promise<Measurements<ChoiceMeasure>> {
  try {
    await measurements.resume();
    onProgress?.({ done: measurements.done, total: measurements.total });
    for (const stretch of measurements.stretches()) {
      const part = items.slice(stretch.from, stretch.to);
      const prompts = part.map((item) => ({
        user: item.question,
        answers: answersOf(item),
        ...(system === undefined ? {} : { system }),
      }));
      const steerings = stretch.runs.map((run) => run.steering);
      let index = stretch.from;
      for await (const results of model.choiceProbabilities(prompts, steerings, { signal })) {
        const item = items[index];
        if (item === undefined || results.length !== steerings.length) {
          const message = `choiceProbabilities: expected ${prompts.length} prompts with ${steerings.length} results each, got ${results.length} results for item ${index + 1}`;
          throw new CaaError("shape-mismatch", message);
        }
        const measured = results.map((result) => measureOf(item, result));
        await measurements.add(index, stretch.runs, measured);
        onProgress?.({ done: measurements.done, total: measurements.total });
        throwIfAborted(signal);
        index += 1;
      }
    }
  } finally {
    await measurements.journal.close();
  }
  return measurements;
}
