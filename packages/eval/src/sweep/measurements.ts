import type { Steering } from "@caa/core";
import type { Journal } from "../results/journal.ts";
import type { PlannedCell } from "./plan-cells.ts";

/** A forward pass over an item: what is measured under one steering, for one cell or for all plain ones. */
export interface Run {
  readonly key: string;
  readonly steering: Steering;
  /** How many cells want it. */
  readonly cells: number;
}

/** Items from..to (not included) that need the same runs. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly runs: readonly Run[];
}

/** What a sweep has measured: runs x items, in memory and in its journal. */
export class Measurements<Measure> {
  readonly journal: Journal<Measure>;
  readonly total: number;
  readonly #items: number;
  readonly #runs: ReadonlyMap<string, Run>;
  /** By run, then item. */
  readonly #measured: ReadonlyMap<string, Map<number, Measure>>;

  constructor(journal: Journal<Measure>, items: number, cells: readonly PlannedCell[]) {
    const runs = new Map<string, Run>();
    for (const { runKey, steering } of cells) {
      runs.set(runKey, { key: runKey, steering, cells: (runs.get(runKey)?.cells ?? 0) + 1 });
    }
    this.journal = journal;
    this.total = items * cells.length;
    this.#items = items;
    this.#runs = runs;
    this.#measured = new Map([...runs.keys()].map((key) => [key, new Map()]));
  }

  /** Rows that are there, of all cells. */
  get done(): number {
    return [...this.#runs.values()].reduce(
      (sum, { key, cells }) => sum + cells * this.#of(key).size,
      0,
    );
  }

  /** Takes what earlier runs left. */
  async resume(): Promise<void> {
    for (const { item, cells } of await this.journal.read()) {
      for (const [key, measure] of Object.entries(cells)) {
        if (item < this.#items) {
          this.#measured.get(key)?.set(item, measure);
        }
      }
    }
  }

  /** What is still to be measured. Items one after the other that need the same are one request to the model. */
  stretches(): readonly Stretch[] {
    const stretches: Stretch[] = [];
    for (let item = 0; item < this.#items; item++) {
      const runs = [...this.#runs.values()].filter(({ key }) => !this.#of(key).has(item));
      const last = stretches.at(-1);
      if (last !== undefined && last.to === item && sameRuns(last.runs, runs)) {
        stretches[stretches.length - 1] = { ...last, to: item + 1 };
      } else if (runs.length > 0) {
        stretches.push({ from: item, to: item + 1, runs });
      }
    }
    return stretches;
  }

  /** Keeps what was measured on an item, one measure a run, on disk first. */
  async add(item: number, runs: readonly Run[], measures: readonly Measure[]): Promise<void> {
    const cells: Record<string, Measure> = {};
    for (const [i, { key }] of runs.entries()) {
      const measure = measures[i];
      if (measure !== undefined) {
        cells[key] = measure;
      }
    }
    await this.journal.append({ item, cells });
    for (const [key, measure] of Object.entries(cells)) {
      this.#measured.get(key)?.set(item, measure);
    }
  }

  /** All runs, each once. */
  get runs(): readonly Run[] {
    return [...this.#runs.values()];
  }

  /** Of a run, in the order of the items. */
  of(key: string): readonly Measure[] {
    const measured = this.#of(key);
    return Array.from({ length: this.#items }, (_, item) => measured.get(item)).filter(
      (found) => found !== undefined,
    );
  }

  #of(key: string): ReadonlyMap<number, Measure> {
    return this.#measured.get(key) ?? new Map();
  }
}

function sameRuns(a: readonly Run[], b: readonly Run[]): boolean {
  return a.length === b.length && a.every((run, i) => run.key === b[i]?.key);
}
