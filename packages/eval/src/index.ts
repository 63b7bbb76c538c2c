export { runAbSweep } from "./ab/ab-sweep.ts";
export { cellFileName } from "./results/cell-name.ts";
export { CELL_VERSION } from "./results/schema.ts";
export { readCells, ResultStore } from "./results/store.ts";
export { generateVectors } from "./vectors/generate-vectors.ts";
export type { AbProgress, AbSweepOptions, AbSweepResult } from "./ab/ab-sweep.ts";
export type { GenerateVectorsOptions, PairActivation } from "./vectors/generate-vectors.ts";
export type { Journal, JournalEntry } from "./results/journal.ts";
export type {
  AbCell,
  AbMeasure,
  AbRow,
  AbSettings,
  AbSummary,
  CellHashes,
  MeanSummary,
  SweepSettings,
} from "./results/schema.ts";
export type { CellFilter } from "./results/store.ts";
