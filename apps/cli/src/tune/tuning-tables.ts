import type { GridCell, GuardCheck, GuardName, MeanSummary, TuneResult } from "@caa/eval";
import { formatChange, formatDose } from "../output/changes.ts";
import { formatTable } from "../output/table.ts";

const right = (title: string) => ({ title, align: "right" as const });

/** How stable each layer's vector is, beside what label shuffles give. */
export function reliabilityTable({ reliability }: TuneResult): string {
  return formatTable(
    [
      right("layer"),
      right("halves"),
      right("shuffled, at most"),
      right("norm"),
      right("shuffled, at most"),
      { title: "reliable" },
    ],
    reliability.map(({ layer, splitHalf, splitHalfChance, norm, normChance, reliable }) => [
      String(layer),
      splitHalf?.toFixed(4) ?? "-",
      splitHalfChance?.high.toFixed(4) ?? "-",
      norm.toPrecision(3),
      normChance?.high.toPrecision(3) ?? "-",
      reliable === null ? "not known" : reliable ? "yes" : "no",
    ]),
  );
}

/** The letter mass that a cell has to keep; as it was asked for where no cell came so far. */
export function leastLetterMass({ candidates, settings }: TuneResult): number {
  const check = candidates[0]?.checks.find(({ guard }) => guard === "letter_mass");
  return check?.limit ?? settings.limits.letterMass;
}

/** The gain of every cell, with a mark where it leaves too little probability to the letters: a row a layer. */
export function gridTable(result: TuneResult): string {
  const { grid, settings } = result;
  const least = leastLetterMass(result);
  const layers = [...new Set(grid.map(({ layer }) => layer))];
  const multipliers = [...settings.multipliers].sort((a, b) => a - b);
  const at = (layer: number, multiplier: number): GridCell | undefined =>
    grid.find((cell) => cell.layer === layer && cell.multiplier === multiplier);
  return formatTable(
    [
      right("layer"),
      ...multipliers.flatMap((multiplier) => [right(`x ${multiplier}`), right("dose")]),
    ],
    layers.map((layer) => [
      String(layer),
      ...multipliers.flatMap((multiplier) => {
        const cell = at(layer, multiplier);
        const small = cell !== undefined && cell.letterMass.mean < least;
        return [
          `${formatChange(cell?.gain ?? null)}${small ? "!" : ""}`,
          formatDose(cell?.dose ?? null),
        ];
      }),
    ]),
  );
}

const SHORT: Readonly<Record<GuardName, string>> = {
  letter_mass: "letter mass",
  divergence: "KL",
  perplexity_ratio: "perplexity",
  repetition_rise: "repetition",
  mmlu_drop: "MMLU drop",
};

/** The cells that the guard was asked about, in that order. */
export function candidatesTable({ candidates, grid }: TuneResult): string {
  const guards = Object.entries(SHORT);
  return formatTable(
    [
      right("layer"),
      right("x"),
      right("gain"),
      right("dose"),
      ...guards.map(([, title]) => right(title)),
      { title: "guard" },
    ],
    candidates.map(({ layer, multiplier, checks, passed }) => {
      const cell = grid.find((one) => one.layer === layer && one.multiplier === multiplier);
      return [
        String(layer),
        String(multiplier),
        formatChange(cell?.gain ?? null),
        formatDose(cell?.dose ?? null),
        ...guards.map(([name]) => figureOf(checks.find(({ guard }) => guard === name))),
        passed ? "passed" : "rejected",
      ];
    }),
  );
}

/** On how many items or texts each guard was measured: `n: letter mass 25, KL 24`. */
export function guardCountsInWords({ candidates }: TuneResult): string {
  const measured = (candidates.at(-1)?.checks ?? []).filter(({ value }) => value !== null);
  return `n: ${measured.map(({ guard, n }) => `${SHORT[guard]} ${n}`).join(", ")}`;
}

function figureOf(check: GuardCheck | undefined): string {
  const value: MeanSummary | null = check?.value ?? null;
  return value === null ? "-" : `${value.mean.toFixed(3)}${check?.passed === false ? "!" : ""}`;
}

/** `KL 0.812, at most 0.5` */
export function checkInWords({ guard, value, limit }: GuardCheck): string {
  const bound = guard === "letter_mass" ? "at least" : "at most";
  return `${SHORT[guard]} ${value?.mean.toFixed(3) ?? "-"}, ${bound} ${Number(limit.toPrecision(3))} allowed`;
}

/** What was not measured, and why. */
export function notCheckedInWords({ guard, note }: GuardCheck): string {
  const hint =
    guard === "mmlu_drop" && note === "no MMLU items"
      ? "; caa data download mmlu and caa data process mmlu get them"
      : "";
  return `not checked: ${SHORT[guard]}: ${note ?? ""}${hint}`;
}
