export { runAbSweep } from "./ab/ab-sweep.ts";
export { randomControl } from "./controls/control.ts";
export { effectsByLayer, strongestEffect } from "./controls/effect.ts";
export { judgeEffect } from "./controls/judge-effect.ts";
export { runControls } from "./controls/run-controls.ts";
export { renderReport } from "./report/render-report.ts";
export { cellFileName } from "./results/cell-name.ts";
export { CELL_VERSION } from "./results/schema.ts";
export { readCells, ResultStore } from "./results/store.ts";
export { generateVectors } from "./vectors/generate-vectors.ts";
export type { AbProgress, AbSweepOptions, AbSweepResult } from "./ab/ab-sweep.ts";
export type { Control } from "./controls/control.ts";
export type { Effect, Span } from "./controls/effect.ts";
export type { EffectVerdict, JudgedEffect } from "./controls/judge-effect.ts";
export type { ControlRun, RunControlsOptions } from "./controls/run-controls.ts";
export type { Block, Report, ReportColumn, Section } from "./report/report.ts";
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
