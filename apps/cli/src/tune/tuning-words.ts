import type { GridCell, Refusal, TuneReport, TuneResult } from "@caa/eval";
import { formatChange, signed } from "../output/changes.ts";
import { checkInWords, leastLetterMass } from "./tuning-tables.ts";

/** What was chosen and why, or why nothing is; a line a thought. */
export function findingInWords(result: TuneResult): readonly string[] {
  const { chosen, refusals, report, settings } = result;
  const rejected = rejectedInWords(result);
  if (refusals.length > 0) {
    return [
      `no layer and multiplier is recommended for ${settings.behavior}:`,
      ...refusals.map((refusal) => `  ${REASONS[refusal](result)}`),
      ...rejected,
      ...(report === null ? [] : [`what was measured: ${chosen?.plan}: ${reportInWords(report)}`]),
    ];
  }
  return [
    `recommended: ${chosen?.plan}`,
    `why: ${choiceInWords(result)}`,
    ...rejected,
    ...(report === null ? [] : [reportInWords(report), controlsInWords(report)]),
  ];
}

const REASONS: Readonly<Record<Refusal, (result: TuneResult) => string>> = {
  unreliable: () =>
    "no layer has a vector that label shuffles do not explain: the halves of the pairs agree no better, or the vector is no longer",
  "no-gain": ({ grid, settings }) =>
    `no cell moves p(matching) by ${settings.minGain} on the items that were chosen on; the most is ${cellInWords(largest(grid))}`,
  damaged: ({ candidates, settings }) =>
    candidates.length === 0
      ? `every cell that moves p(matching) by ${settings.minGain} leaves too little probability to the letters`
      : `none of the ${candidates.length} best cells passes the guard`,
  "covers-zero": () => "on the items that were kept back the interval reaches zero",
  "small-gain": ({ settings }) =>
    `on the items that were kept back it moves p(matching) by less than ${settings.minGain}`,
  "within-controls": ({ report }) =>
    report === null ? "" : `random directions move p(matching) as far: ${controlsInWords(report)}`,
};

function choiceInWords(result: TuneResult): string {
  const { grid, chosen, candidates } = result;
  const wordless = tooFewLetters(result);
  const best = largest(grid.filter((cell) => !wordless.includes(cell)));
  const cell = grid.find(
    ({ layer, multiplier }) => layer === chosen?.layer && multiplier === chosen.multiplier,
  );
  const first = candidates.length > 1 ? ", the first in order to pass the guard" : "";
  return cell === best
    ? `the largest gain on the items that were chosen on, ${cellInWords(cell)}${first}`
    : `${cellInWords(cell)}${first}; the largest gain is ${cellInWords(best)}, and of cells that are as good the smallest dose comes first`;
}

/** Cells that gain enough and were not asked about, since they leave too little probability to the letters. */
function tooFewLetters(result: TuneResult): readonly GridCell[] {
  const least = leastLetterMass(result);
  return result.grid.filter(
    ({ gain, letterMass }) =>
      gain !== null && gain.mean >= result.settings.minGain && letterMass.mean < least,
  );
}

function rejectedInWords(result: TuneResult): readonly string[] {
  const { candidates } = result;
  const wordless = tooFewLetters(result);
  const least = Number(leastLetterMass(result).toPrecision(3));
  const first =
    candidates.length === 0 || wordless.length === 0
      ? []
      : [
          `rejected: letter mass below ${least}: ${wordless.map(({ layer, multiplier }) => `layer ${layer} x ${multiplier}`).join(", ")}`,
        ];
  const tried = candidates.flatMap(({ layer, multiplier, checks }) =>
    checks
      .filter(({ passed }) => passed === false)
      .map((check) => `rejected: layer ${layer} x ${multiplier}: ${checkInWords(check)}`),
  );
  return [...first, ...tried];
}

function reportInWords({ n, gain, plain, steered, letterMass }: TuneReport): string {
  const { low, high } = gain.bootstrap ?? { low: gain.mean, high: gain.mean };
  const from =
    plain === null || steered === null
      ? ""
      : `, from ${plain.mean.toFixed(3)} to ${steered.mean.toFixed(3)}`;
  return `on the ${n} items that were kept back p(matching) moves by ${signed(gain.mean)} [${signed(low)}, ${signed(high)}] in the direction of the multiplier${from} (95 %; the choice was made on others), letter mass ${letterMass.mean.toFixed(2)}`;
}

function controlsInWords({ controls, chance }: TuneReport): string {
  const most = controls.reduce((far, { change }) => Math.max(far, Math.abs(change)), 0);
  return `of ${controls.length} random directions of the same length, each at the layer that it chose on the same items, the farthest moves it by ${most.toFixed(3)}; a direction no better than these comes so far in at most ${(100 * chance).toFixed(0)} % of cases`;
}

function largest(grid: readonly GridCell[]): GridCell | undefined {
  return grid.toSorted((a, b) => (b.gain?.mean ?? -2) - (a.gain?.mean ?? -2))[0];
}

function cellInWords(cell: GridCell | undefined): string {
  return cell === undefined
    ? "none"
    : `${formatChange(cell.gain)} at layer ${cell.layer} x ${cell.multiplier}`;
}
