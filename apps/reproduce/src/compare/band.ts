import type { PublishedCell } from "../published/table.ts";

/** In percent points. */
const BANDS = {
  /** The model without steering: the same weights, items and prompts. */
  unsteered: 0.1,
  originalVectors: 0.5,
  /** Vectors made again. */
  ownVectors: 10,
} as const;

/** What a run has in common with the published one. */
export interface RunConditions {
  /** Why no published band applies to any figure of the run, in words; null where they do. */
  readonly noBands: string | null;
  /** Whether it steers with the original's own vectors. */
  readonly originalVectors: boolean;
  /** Whether its system prompts are the original's own, word for word. */
  readonly originalPrompts: boolean;
}

/** How far a figure may lie from the published one, or why nothing says how far. */
export type Band = { readonly width: number } | { readonly none: string };

/** The band of a figure; it is for figures with all their digits. */
export function bandOf(
  { type, multiplier, systemPrompt, trained, steeredOtherwise }: Omit<PublishedCell, "value">,
  run: RunConditions,
): Band {
  if (run.noBands !== null) {
    return { none: run.noBands };
  }
  if (trained !== null) {
    return { none: "no band is stated for a model that was trained again" };
  }
  if (type === "open_ended") {
    return { none: "the judge asks by another prompt and rubric than the original's" };
  }
  if (systemPrompt !== null && !run.originalPrompts) {
    return { none: "the system prompts are in other words than the original's" };
  }
  if (multiplier === 0) {
    return { width: BANDS.unsteered };
  }
  if (steeredOtherwise !== null) {
    return { none: steeredOtherwise };
  }
  return { width: run.originalVectors ? BANDS.originalVectors : BANDS.ownVectors };
}
