export { plotEffects } from "./effects.ts";
export { plotAbResults } from "./plot-ab-results.ts";
export { renderPng } from "./render.ts";
export type { PlotEffectsOptions } from "./effects.ts";
export type { Plot, PlotAbOptions } from "./plot-ab-results.ts";
export type { RenderPngOptions } from "./render.ts";
