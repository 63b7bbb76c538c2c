export { runAbSweep } from "./ab/ab-sweep.ts";
export { activationsPca } from "./analysis/activations-pca.ts";
export { mostReliableLayer, reliability } from "./analysis/reliability.ts";
export { behaviorSimilarity, layerSimilarity, modelSimilarity } from "./analysis/similarity.ts";
export { vectorsPca } from "./analysis/vectors-pca.ts";
export { runChoiceSweep } from "./choice/choice-sweep.ts";
export { choiceQuestions } from "./choice/question.ts";
export { randomControl, shuffledControl, vectorsOfControl } from "./controls/control.ts";
export { effectsByLayer, strongestEffect } from "./controls/effect.ts";
export { judgeEffect } from "./controls/judge-effect.ts";
export { judgeLayers } from "./controls/judge-layers.ts";
export { runControls } from "./controls/run-controls.ts";
export { compressionRatio } from "./degeneration/compression-ratio.ts";
export { repetition } from "./degeneration/repetition.ts";
export { columnsOf, recordsToCsv, recordsToJsonLines } from "./export/format.ts";
export { recordsToParquet } from "./export/parquet.ts";
export { cellRecord, itemRecords } from "./export/records.ts";
export { lensAxes, lensCellFinder, PLACE_NAMES } from "./lens/lens-cells.ts";
export { lensCsv } from "./lens/lens-csv.ts";
export { renderLensPage } from "./lens/lens-page.ts";
export { readLens } from "./lens/read-lens.ts";
export { runOpenEndedSweep } from "./open-ended/open-ended-sweep.ts";
export { itemMoves } from "./effects/item-moves.ts";
export { findOvershoots } from "./effects/overshoot.ts";
export { steerabilityByLayer } from "./effects/steerability.ts";
export { inkOn } from "./report/render-patches.ts";
export { renderReport } from "./report/render-report.ts";
export { cellFileName } from "./results/cell-name.ts";
export { openEndedRowSchema } from "./results/open-ended-cell.ts";
export { CELL_TYPES, CHOICE_TYPES } from "./results/settings.ts";
export { readCells, ResultStore } from "./results/store.ts";
export { CELL_VERSION } from "./results/version.ts";
export { resolutionOf } from "./statistics/resolution.ts";
export { sweepSettings } from "./sweep/sweep-options.ts";
export { tokenLabel, visibleText } from "./tokens/visible-text.ts";
export { cosineBand, cosineColor, cosineScale } from "./trace/cosine-scale.ts";
export { monitorProjections } from "./trace/monitor-projections.ts";
export { defaultLayer, probesOf } from "./trace/probes.ts";
export { traceCsv } from "./trace/trace-csv.ts";
export { renderTracePage } from "./trace/trace-page.ts";
export { traceOf, traceText } from "./trace/trace-text.ts";
export { harmlessQuestions, otherBuiltInQuestions } from "./tune/harmless-questions.ts";
export { tuneSteering } from "./tune/tune.ts";
export { TUNE_VERSION, tuneResultSchema } from "./tune/tune-result.ts";
export { generateVectors } from "./vectors/generate-vectors.ts";
export { vectorAtEveryLayer } from "./vectors/override-layer.ts";
export type { AbSweepOptions, AbSweepResult } from "./ab/ab-sweep.ts";
export type {
  ActivationPoint,
  ActivationsPca,
  ComponentShares,
  PairActivations,
} from "./analysis/activations-pca.ts";
export type { CosineGrid } from "./analysis/cosine-grid.ts";
export type { Chance, LayerReliability } from "./analysis/reliability.ts";
export type { VectorPoint, VectorsPca, VectorsPcaOptions } from "./analysis/vectors-pca.ts";
export type { ChoiceSweepOptions, ChoiceSweepResult } from "./choice/choice-sweep.ts";
export type { ChoiceQuestion } from "./choice/question.ts";
export type { Control } from "./controls/control.ts";
export type { Effect, Span } from "./controls/effect.ts";
export type { EffectVerdict, JudgedEffect } from "./controls/judge-effect.ts";
export type { JudgedLayers } from "./controls/judge-layers.ts";
export type { ControlRun, RunControlsOptions } from "./controls/run-controls.ts";
export type { ItemMoves } from "./effects/item-moves.ts";
export type { Steerability } from "./effects/steerability.ts";
export type { LensPageOptions } from "./lens/lens-page.ts";
export type { LensResult, ReadLensOptions } from "./lens/read-lens.ts";
export type { Block, Patch, Report, ReportColumn, Section } from "./report/report.ts";
export type { GenerateVectorsOptions, PairActivation } from "./vectors/generate-vectors.ts";
export type { Journal, JournalEntry } from "./results/journal.ts";
export type { OpenEndedSweepOptions, OpenEndedSweepResult } from "./open-ended/open-ended-sweep.ts";
export type { FlatRecord } from "./export/records.ts";
export type { Cell, CellOf } from "./results/cell.ts";
export type {
  AbCell,
  CategoryMean,
  ChoiceCell,
  ChoiceMeasure,
  ChoiceRow,
  ChoiceSummary,
} from "./results/choice-cell.ts";
export type {
  AnswerMeasure,
  DegenerationFigures,
  OpenEndedAnswer,
  OpenEndedCell,
  OpenEndedRow,
  OpenEndedSummary,
} from "./results/open-ended-cell.ts";
export type {
  CellHashes,
  CellSettings,
  CellType,
  ChoiceSettings,
  ChoiceType,
  CommonSettings,
  OpenEndedSettings,
  SweepSettings,
} from "./results/settings.ts";
export type { CommonSummary, MeanSummary } from "./results/summary-schema.ts";
export type { Resolution, ResolutionOptions } from "./statistics/resolution.ts";
export type { SweepOptions, SweepProgress } from "./sweep/sweep-options.ts";
export type { CellFilter } from "./results/store.ts";
export type { CosineScale } from "./trace/cosine-scale.ts";
export type { MonitorOptions } from "./trace/monitor-projections.ts";
export type { ChosenLayer } from "./trace/probes.ts";
export type { TracePageOptions } from "./trace/trace-page.ts";
export type { Trace } from "./trace/trace-text.ts";
export type { GridCell } from "./tune/grid.ts";
export type { GuardCheck, GuardLimits, GuardName } from "./tune/guard.ts";
export type { JudgedReliability } from "./tune/judge-reliability.ts";
export type { TuneOptions, TuneProgress, TuneStage } from "./tune/tune-options.ts";
export type {
  TriedCandidate,
  TuneControl,
  TuneReport,
  TuneResult,
  TuneSettings,
} from "./tune/tune-result.ts";
export type { Refusal } from "./tune/verdict.ts";
