import { norm, type VectorNormalization } from "@caa/core";
import type { MeanSummary } from "@caa/eval";
import type { GeneratedVectors } from "../commands/vectors-generate.ts";
import type { Column } from "../output/table.ts";
import { type SteeredAnswers, describeSide } from "./answers.ts";
import type { BehaviorSweep } from "./experiment.ts";
import type { MeasuredBehavior } from "./write-up.ts";
import { formatChange, formatMultiplier, signed } from "./numbers.ts";

/** For the screen and for the page. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

const MAX_LAYERS_SHOWN = 9;
/** Of effects, where they stand below each other. */
const DECIMALS = 3;

/** Lengths of the vectors, a row a behavior, and the length that the normalized ones share. */
export function lengthsTable(
  made: readonly GeneratedVectors[],
  normalization: VectorNormalization | null,
): Table {
  const layers = pick(made[0]?.vectors.layers ?? []);
  return {
    columns: [
      { title: "length at layer" },
      { title: "pairs", align: "right" },
      ...layers.map((layer) => ({ title: String(layer), align: "right" as const })),
    ],
    rows: [
      ...made.map(({ vectors }) => [
        vectors.behavior,
        String(vectors.metadata.pairCount),
        ...layers.map((layer) => norm(vectors.vector(layer)).toFixed(2)),
      ]),
      ...(normalization === null
        ? []
        : [
            [
              "(normalized to)",
              "",
              ...layers.map((layer) => normalization.targetNorm[layer]?.toFixed(2) ?? "-"),
            ],
          ]),
    ],
  };
}

/** What +1 instead of -1 does at each layer, beside what random directions do. */
export function effectsTable(sweeps: readonly BehaviorSweep[]): Table {
  const layers = sweeps[0]?.effects.map(({ layer }) => layer) ?? [];
  return {
    columns: [
      { title: "layer", align: "right" },
      ...sweeps.flatMap(({ vectors }) => [{ title: vectors.behavior }, { title: "random" }]),
    ],
    rows: layers.map((layer) => [
      String(layer),
      ...sweeps.flatMap((sweep) => {
        const own = sweep.effects.find((effect) => effect.layer === layer);
        const others = sweep.controlEffects.flatMap(({ effects }) =>
          effects.flatMap((effect) => (effect.layer === layer ? (effect.change?.mean ?? []) : [])),
        );
        return [formatChange(own?.change ?? null, DECIMALS), formatRange(others)];
      }),
    ]),
  };
}

/** p(matching) of each behavior against the multiplier, at one layer each. */
export function curveTable(curves: readonly MeasuredBehavior[]): Table {
  const multipliers = [
    ...new Set(curves.flatMap(({ curve }) => curve.map(({ settings }) => settings.multiplier))),
  ].sort((a, b) => a - b);
  return {
    columns: [
      { title: "multiplier", align: "right" },
      ...curves.flatMap(({ sweep: { vectors } }) => [
        { title: vectors.behavior },
        { title: "letters" },
      ]),
    ],
    rows: multipliers.map((multiplier) => [
      formatMultiplier(multiplier),
      ...curves.flatMap(({ curve }) => {
        const summary = curve.find(({ settings }) => settings.multiplier === multiplier)?.summary;
        return summary === undefined
          ? ["-", "-"]
          : [formatMean(summary.p_matching), summary.letter_mass.mean.toFixed(2)];
      }),
    ]),
  };
}

/** Questions with their answers, a column a multiplier; each answer with the side that it takes. */
export function answersTable(answers: readonly SteeredAnswers[]): Table {
  const multipliers = answers[0]?.answers.map(({ multiplier }) => multiplier) ?? [];
  return {
    columns: [
      { title: "question" },
      ...multipliers.map((multiplier) => ({ title: `at ${formatMultiplier(multiplier)}` })),
    ],
    rows: answers.map(({ question, answers: texts }) => [
      question,
      ...texts.map(
        ({ text, side }) => `${text === "" ? "(nothing)" : text} [${describeSide(side)}]`,
      ),
    ]),
  };
}

function formatMean(summary: MeanSummary | null): string {
  if (summary === null) {
    return "no score";
  }
  const { mean, bootstrap } = summary;
  const interval =
    bootstrap === null ? "" : ` [${bootstrap.low.toFixed(2)}, ${bootstrap.high.toFixed(2)}]`;
  return `${mean.toFixed(2)}${interval}`;
}

/** The least and the largest: `-0.05 to +0.06`. */
function formatRange(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.length === 0 ? "-" : `${signed(low, DECIMALS)} to ${signed(high, DECIMALS)}`;
}

function pick(layers: readonly number[]): readonly number[] {
  const shown = Math.min(layers.length, MAX_LAYERS_SHOWN);
  return Array.from({ length: shown }, (_, i) =>
    Math.round((i * (layers.length - 1)) / Math.max(1, shown - 1)),
  ).flatMap((index) => layers[index] ?? []);
}
