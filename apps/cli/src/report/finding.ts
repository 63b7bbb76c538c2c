import type { ChoiceCell } from "@caa/eval";
import {
  decimalsOf,
  decimalsOfChange,
  formatChange,
  formatMultiplier,
  signed,
} from "../demo/numbers.ts";
import { SMALL_LETTER_MASS } from "../output/ab-table.ts";
import { type ChoiceFindings, findingsOf } from "../output/choice-findings.ts";
import type { Group } from "./groups.ts";

/** Of changes, on the whole page. */
export const DECIMALS = 3;

/** A test with lettered answers and what it found. */
export interface JudgedGroup extends Group<ChoiceCell> {
  readonly findings: ChoiceFindings;
  /** The layer with the strongest effect; null where there is none. */
  readonly best: ChoiceFindings["layers"][number] | null;
}

export async function judgeGroup(group: Group<ChoiceCell>): Promise<JudgedGroup> {
  const { strongestEffect } = await import("@caa/eval");
  const findings = await findingsOf(group);
  const strongest = strongestEffect(findings.layers.map(({ effect }) => effect));
  const best = findings.layers.find(({ effect }) => effect === strongest) ?? null;
  return { ...group, findings, best };
}

/** What the test scores. */
export function scoreNameOf({ first }: Group<ChoiceCell>): string {
  return first.settings.type === "ab" ? "p(matching)" : "p(correct)";
}

/** The main finding of a test: the strongest effect, its interval, and what may be said beside the controls. */
export function describeFinding(group: JudgedGroup): string {
  const { label, cells, findings, best } = group;
  const score = scoreNameOf(group);
  if (findings.span === null) {
    const [only = 0] = cells.map(({ settings }) => settings.multiplier);
    return `${label}: measured at multiplier ${formatMultiplier(only)} alone, so that there is no effect to report.`;
  }
  const [from, to] = [formatMultiplier(findings.span.from), formatMultiplier(findings.span.to)];
  if (best === null) {
    return `${label}: no layer has scores at both ${from} and ${to}, so that there is no effect to report.`;
  }
  const { layer, change, n, confidence, letterMass } = best.effect;
  const interval = change?.bootstrap === null ? "no interval" : `${percent(confidence)} interval`;
  const others =
    findings.layers.length === 1 ? "" : ` It is the strongest of ${findings.layers.length} layers.`;
  const mass =
    letterMass < SMALL_LETTER_MASS
      ? ` The two letters have less than half of the probability there (${letterMass.toFixed(2)}), so that ${score} says little.`
      : "";
  return `${label}, layer ${layer}: ${to} instead of ${from} moves ${score} by ${formatChange(change, Math.max(DECIMALS, decimalsOfChange(change)))} (${interval}, n = ${n}).${others} ${meaning(group, best)}${mass}`;
}

function meaning(
  { first, controls }: JudgedGroup,
  { verdict, largestControl, effect }: ChoiceFindings["layers"][number],
): string {
  const size = Math.abs(largestControl ?? 0);
  const most = size.toFixed(decimalsOf([size]));
  switch (verdict) {
    case null:
      return "No controls were run beside it, so that this does not say whether the direction matters or any vector of that length does as much.";
    case "unmeasured":
      return "Too few items could be scored for an interval: this says nothing.";
    case "covers-zero":
      return "The interval covers zero: no effect was found.";
    case "within-controls":
      return `It does not beat its controls: one of ${controls.length} moves it by ${signed(largestControl ?? 0, DECIMALS)}, so that this says nothing about the direction.`;
    case "stands-out": {
      const away = first.settings.type === "ab" && (effect.change?.mean ?? 0) < 0;
      const count = controls.length === 1 ? "its one control" : `its ${controls.length} controls`;
      return `It beats ${count}, which move it by at most ${most}${away ? ", but moves answers away from the behavior" : ""}.`;
    }
  }
}

/** The verdict for tables; moving against the behavior means something in its own test alone. */
export function verdictInWords(
  { first }: JudgedGroup,
  { verdict, inWords }: ChoiceFindings["layers"][number],
): string {
  return verdict === "stands-out" && first.settings.type !== "ab" ? "beats its controls" : inWords;
}

function percent(confidence: number): string {
  return `${Math.round(100 * confidence)} %`;
}
