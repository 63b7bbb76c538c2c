export { plotEffects } from "./effects.ts";
export { plotFileName } from "./file-name.ts";
export { planResultPlots } from "./plan-result-plots.ts";
export { planScorePlots } from "./plan-score-plots.ts";
export { planVectorPlots } from "./plan-vector-plots.ts";
export { plotAbResults } from "./plot-ab-results.ts";
export { plotActivations } from "./plot-activations.ts";
export { plotLensBars } from "./plot-lens.ts";
export { plotNorms, plotReliability } from "./plot-reliability.ts";
export {
  plotBehaviorSimilarity,
  plotLayerSimilarity,
  plotModelSimilarity,
} from "./plot-similarity.ts";
export { plotTrace } from "./plot-trace.ts";
export { plotTuning } from "./plot-tuning.ts";
export { plotVectorsPca } from "./plot-vectors-pca.ts";
export { renderPng } from "./render.ts";
export type { PlotEffectsOptions } from "./effects.ts";
export type { PlannedResultPlot, ResultPlotKind } from "./plan-result-plots.ts";
export type { JudgedCell } from "./plan-score-plots.ts";
export type { PlannedPlot, VectorPlotsOptions } from "./plan-vector-plots.ts";
export type { PlotActivationsOptions } from "./plot-activations.ts";
export type { PlotLensOptions } from "./plot-lens.ts";
export type { PlotTraceOptions } from "./plot-trace.ts";
export type { Plot, PlotAbOptions } from "./plot-ab-results.ts";
export type { RenderPngOptions } from "./render.ts";
export type { ResultPlotsOptions } from "./result-plots-options.ts";
export type { NamedVectors } from "./vectors-subtitle.ts";
