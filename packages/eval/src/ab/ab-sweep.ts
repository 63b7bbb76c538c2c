import {
  CaaError,
  checkCompatible,
  formatPositions,
  type SteerableModel,
  type SteeringOperation,
  type SteeringPositions,
  type SteeringVectors,
  throwIfAborted,
} from "@caa/core";
import type { AbItem, DataSet } from "@caa/datasets";
import {
  CELL_VERSION,
  type AbCell,
  type AbMeasure,
  type SweepSettings,
} from "../results/schema.ts";
import type { ResultStore } from "../results/store.ts";
import { Measurements } from "./measurements.ts";
import { type PlannedCell, planCells } from "./plan-cells.ts";
import { answersOf, measureOf, rowOf } from "./score.ts";
import { summarize } from "./summary.ts";

/** Rows of the cells that are not in the store yet; `done` begins with those that an earlier run left. */
export interface AbProgress {
  readonly done: number;
  readonly total: number;
}

export interface AbSweepOptions {
  readonly model: SteerableModel;
  /**
   * Id of the model that `model` is a fine-tuned form of: results are kept under its name, with that of `model` as
   * `overrideWeights`, and its vectors may be used.
   * @default none
   */
  readonly baseModel?: string | undefined;
  readonly dataset: DataSet<AbItem>;
  readonly vectors: SteeringVectors;
  /**
   * Which vectors these are, as results call them.
   * @default "normalized" or "raw", as their metadata says
   */
  readonly vectorsKind?: string | undefined;
  readonly layers: readonly number[];
  /** 0 is the plain model, which is run once for all layers. */
  readonly multipliers: readonly number[];
  readonly store: ResultStore;
  /** Only so many items from the start of the data set. @default all */
  readonly limit?: number | undefined;
  /** A system prompt for every item. @default none */
  readonly system?: string | undefined;
  /** @default "add" */
  readonly operation?: SteeringOperation | undefined;
  /** @default "marker" */
  readonly positions?: SteeringPositions | undefined;
  /** Measures cells again that are in the store. @default false */
  readonly overwrite?: boolean | undefined;
  /** Of the bootstrap intervals. @default 0 */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: AbProgress) => void) | undefined;
}

export interface AbSweepResult {
  /** By layer, then in the order of the multipliers. */
  readonly cells: readonly AbCell[];
  /** How many of them were in the store before. */
  readonly kept: number;
}

/**
 * The A/B experiment: for every layer, multiplier and item the probabilities of the answers, and for every layer and
 * multiplier a cell with the mean of `matching / (matching + not matching)`. All cells of an item are one request to
 * the model. Rows are kept as they come, so that a run that was stopped goes on from there; cells that the store has
 * are kept.
 * @throws {CaaError} empty-selection, invalid-argument for bad options; incompatible-vector for vectors that do
 *   not fit the model; not-found for a layer without vector; invalid-data for a cell in the store that other
 *   data, vectors or another model made; io; aborted; what the model throws
 */
export async function runAbSweep(options: AbSweepOptions): Promise<AbSweepResult> {
  const { dataset, store, overwrite = false, signal } = options;
  throwIfAborted(signal);
  const items = takeItems(dataset.items, options.limit);
  const planned = plan(options);

  const cells = new Map<PlannedCell, AbCell>();
  if (!overwrite) {
    for (const cell of planned) {
      const found = await store.find(cell.settings, cell.hashes);
      if (found !== null) {
        cells.set(cell, found);
      }
    }
  }
  const kept = cells.size;
  const missing = planned.filter((cell) => !cells.has(cell));
  if (missing.length > 0) {
    const measurements = await measure(options, items, missing);
    for (const cell of missing) {
      const made = toCell(cell, items, measurements.of(cell.runKey), options.seed ?? 0);
      await store.write(made);
      cells.set(cell, made);
    }
    const complete = new Set(planned.map((cell) => cell.runKey));
    await measurements.journal.removeComplete((key) => complete.has(key));
  }
  return { cells: planned.flatMap((cell) => cells.get(cell) ?? []), kept };
}

function takeItems(items: readonly AbItem[], limit: number | undefined): readonly AbItem[] {
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new CaaError(
      "invalid-argument",
      `limit: expected a whole number from 1 on, got ${limit}`,
    );
  }
  if (items.length === 0) {
    throw new CaaError("empty-selection", "items: expected at least one, got none");
  }
  return items.slice(0, limit);
}

function plan(options: AbSweepOptions): readonly PlannedCell[] {
  const {
    model,
    baseModel,
    dataset,
    vectors,
    layers,
    multipliers,
    operation = "add",
    positions = "marker",
  } = options;
  const settings: SweepSettings = {
    type: "ab",
    behavior: dataset.behavior,
    model: baseModel ?? model.info.id,
    overrideWeights: baseModel === undefined ? null : model.info.id,
    dtype: model.info.dtype,
    promptStyle: model.info.promptStyle,
    vectors:
      options.vectorsKind ?? (vectors.metadata.normalization === null ? "raw" : "normalized"),
    operation,
    positions: formatPositions(positions),
    system: options.system ?? null,
    limit: options.limit ?? null,
  };
  checkCompatible(vectors, model.info, { layers, allowOtherModel: baseModel !== undefined });
  const hashes = { model: model.info.hash, dataset: dataset.hash };
  return planCells({
    settings,
    hashes,
    name: vectors.behavior,
    layers,
    multipliers,
    operation,
    positions,
    vector: (layer) => vectors.vector(layer),
  });
}

async function measure(
  options: AbSweepOptions,
  items: readonly AbItem[],
  missing: readonly PlannedCell[],
): Promise<Measurements> {
  const { model, system, signal, onProgress, overwrite = false } = options;
  const [first] = missing;
  const { layer: _, multiplier: __, ...common } = first?.settings ?? {};
  // Rows that a run with `overwrite` left are its own: other runs keep what is in the store.
  const key = {
    ...common,
    model: model.info.hash,
    dataset: options.dataset.hash,
    items,
    overwrite,
  };
  const measurements = new Measurements(options.store.journal("ab", key), items.length, missing);
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

function toCell(
  cell: PlannedCell,
  items: readonly AbItem[],
  measures: readonly AbMeasure[],
  seed: number,
): AbCell {
  if (measures.length !== items.length) {
    const message = `choiceProbabilities: expected a result for each of ${items.length} items, got ${measures.length}`;
    throw new CaaError("shape-mismatch", message);
  }
  const rows = items.flatMap((item, i) => {
    const measured = measures[i];
    return measured === undefined ? [] : [rowOf(item, measured)];
  });
  const { settings, hashes } = cell;
  return { version: CELL_VERSION, settings, hashes, summary: summarize(rows, seed), rows };
}
