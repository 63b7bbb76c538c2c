import type { Journal } from "../results/journal.ts";
import type { Measurements } from "./measurements.ts";
import type { PlannedCell } from "./plan-cells.ts";

interface KeepOrMakeOptions<Cell, Measure, Planned extends PlannedCell> {
  readonly planned: readonly Planned[];
  readonly overwrite: boolean | undefined;
  /** Of this run, those that were stopped before it, and those at its side. */
  readonly journal: Journal<Measure>;
  readonly find: (cell: Planned) => Promise<Cell | null>;
  readonly write: (cell: Cell) => Promise<void>;
  readonly measure: (missing: readonly Planned[]) => Promise<Measurements<Measure>>;
  /** A cell of what was measured on its items, in their order. */
  readonly make: (cell: Planned, measures: readonly Measure[]) => Cell;
}

/**
 * The planned cells, in their order: those that are in the store, and the rest measured and written. Then rows are removed
 * from the journal that are of no use any more, those too that a run left which was killed after its last cell.
 */
export async function keepOrMake<Cell, Measure, Planned extends PlannedCell>({
  planned,
  overwrite = false,
  journal,
  find,
  write,
  measure,
  make,
}: KeepOrMakeOptions<Cell, Measure, Planned>): Promise<{
  readonly cells: readonly Cell[];
  readonly kept: number;
}> {
  const cells = new Map<Planned, Cell>();
  if (!overwrite) {
    for (const cell of planned) {
      const found = await find(cell);
      if (found !== null) {
        cells.set(cell, found);
      }
    }
  }
  const kept = cells.size;
  const missing = planned.filter((cell) => !cells.has(cell));
  if (missing.length > 0) {
    const measurements = await measure(missing);
    for (const cell of missing) {
      const made = make(cell, measurements.of(cell.runKey));
      await write(made);
      cells.set(cell, made);
    }
  }
  const complete = new Set(planned.map((cell) => cell.runKey));
  await journal.removeComplete((key) => complete.has(key));
  return { cells: planned.flatMap((cell) => cells.get(cell) ?? []), kept };
}
