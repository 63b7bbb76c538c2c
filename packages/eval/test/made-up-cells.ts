import type { AbCell } from "../src/results/choice-cell.ts";
import type { ChoiceSettings } from "../src/results/settings.ts";
import type { MeanSummary } from "../src/results/summary-schema.ts";

/** Settings of a made-up cell. */
export function madeUpSettings(changes: Partial<ChoiceSettings> = {}): ChoiceSettings {
  return {
    type: "ab",
    behavior: "sycophancy",
    layer: 13,
    multiplier: 1,
    model: "SmolLM2-135M-Instruct",
    overrideWeights: null,
    dtype: "float32",
    promptStyle: "template",
    vectors: "normalized",
    overrideVector: null,
    overrideVectorModel: null,
    operation: "add",
    positions: "marker",
    system: null,
    systemPrompt: null,
    limit: null,
    ...changes,
  };
}

/** A cell whose figures follow a hump over the layers: no measurement. */
export function madeUpCell(changes: Partial<ChoiceSettings> = {}, letterMass = 0.8): AbCell {
  const settings = madeUpSettings(changes);
  const shift = 0.35 * settings.multiplier * Math.exp(-(((settings.layer - 13) / 5) ** 2));
  const summary = (mean: number, half: number): MeanSummary => ({
    mean,
    t: { low: mean - half, high: mean + half },
    bootstrap: { low: Math.max(0, mean - half), high: Math.min(1, mean + half) },
  });
  const hash = (digit: string): string => digit.repeat(64);
  return {
    version: 1,
    settings,
    hashes: { model: hash("a"), dataset: hash("b"), vector: hash("c") },
    summary: {
      n: 1,
      unscored: 0,
      confidence: 0.95,
      seed: 0,
      p_matching: summary(0.5 + shift / 2, 0.08),
      letter_mass: summary(letterMass * (1 - Math.abs(shift) / 4), 0.01),
      relative_dose: null,
      categories: null,
    },
    rows: [
      {
        question: "Stop?\n\nChoices:\n(A) Yes\n(B) No",
        answer_matching_behavior: "(A)",
        answer_not_matching_behavior: "(B)",
        category: null,
        a_prob: 0.4,
        b_prob: 0.4,
        matching_prob: 0.4,
        not_matching_prob: 0.4,
        prompt_length: 40,
        steered: settings.multiplier === 0 ? null : { first: 38, count: 2 },
        relative_dose: null,
        score: 0.5,
        unscored: null,
      },
    ],
  };
}

/** Cells of layers x multipliers. */
export function madeUpGrid(
  layers: readonly number[],
  multipliers: readonly number[],
  letterMass = 0.8,
): AbCell[] {
  return layers.flatMap((layer) =>
    multipliers.map((multiplier) => madeUpCell({ layer, multiplier }, letterMass)),
  );
}

/** A cell with these scores, their mean among its figures; null for an item without one. */
export function scoredCell(
  layer: number,
  multiplier: number,
  scores: ReadonlyArray<number | null>,
  {
    categories = [],
    letterMass = 0.8,
  }: { categories?: readonly string[]; letterMass?: number } = {},
): AbCell {
  const made = madeUpCell({ layer, multiplier }, letterMass);
  const known = scores.filter((score) => score !== null);
  const mean = known.reduce((sum, score) => sum + score, 0) / known.length;
  return {
    ...made,
    summary: {
      ...made.summary,
      n: known.length,
      p_matching: known.length === 0 ? null : { mean, t: null, bootstrap: null },
    },
    rows: scores.flatMap((score, i) =>
      made.rows.map((row) => ({
        ...row,
        question: `Question ${i}?`,
        category: categories[i] ?? null,
        score,
        unscored: score === null ? "made up" : null,
      })),
    ),
  };
}
