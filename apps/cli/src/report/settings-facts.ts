import type { OpenEndedCell } from "@caa/eval";
import type { ScoredCell } from "@caa/scoring";
import { formatMultiplier } from "../demo/numbers.ts";
import type { JudgedGroup } from "./finding.ts";
import { distinct, type Group } from "./groups.ts";
import { settingsInWords, shortHash } from "./settings-words.ts";

type Fact = readonly [name: string, value: string];

/** What one test was made with, a phrase each. */
type Told = readonly [label: string, phrases: readonly string[]];

/** All that made the figures: what the tests share once, then what each has of its own. */
export function settingsFacts(
  choice: readonly JudgedGroup[],
  open: ReadonlyArray<{
    readonly group: Group<OpenEndedCell>;
    readonly layer: number;
    readonly scores: readonly ScoredCell[];
  }>,
): readonly Fact[] {
  const told = [
    ...choice.map((group) => groupPhrases(group, group.best?.effect.layer ?? null)),
    ...open.map(({ group, layer }) => groupPhrases(group, layer)),
  ];
  const [first = ["", []], ...others] = told;
  const shared =
    others.length === 0
      ? []
      : first[1].filter((phrase) => told.every(([, phrases]) => phrases.includes(phrase)));
  return [
    ...(shared.length === 0 ? [] : [["all tests", shared.join("; ")] as const]),
    ...told.map(([label, phrases]): Fact => [
      label,
      phrases.filter((phrase) => !shared.includes(phrase)).join("; "),
    ]),
    ...open.flatMap(({ group, scores }) => judgeFacts(group.label, scores)),
  ];
}

function groupPhrases(
  { label, first, cells, controls }: Omit<JudgedGroup, "findings" | "best"> | Group<OpenEndedCell>,
  layer: number | null,
): Told {
  const settings = cells.map((cell) => cell.settings);
  const at = cells.find((cell) => cell.settings.layer === layer);
  const { summary, hashes } = first;
  return [
    label,
    [
      ...settingsInWords(first.settings),
      `n = ${summary.n}`,
      `layers ${distinct(settings.map((one) => one.layer)).join(" ")}`,
      `multipliers ${distinct(settings.map((one) => one.multiplier))
        .map(formatMultiplier)
        .join(" ")}`,
      `controls: ${controls.length === 0 ? "none" : controls.map(({ name }) => name).join(" ")}`,
      `${Math.round(100 * summary.confidence)} % bootstrap intervals over items, seed ${summary.seed}`,
      `model hash ${shortHash(hashes.model)}`,
      `items hash ${shortHash(hashes.dataset)}`,
      ...(at === undefined ? [] : [`vector hash of layer ${layer} ${shortHash(at.hashes.vector)}`]),
    ],
  ];
}

function judgeFacts(label: string, scores: readonly ScoredCell[]): readonly Fact[] {
  const told = scores.map(
    ({ judging: { judge, second_judge, prompt_version, seed, temperature } }) =>
      `${judge.model}, ${judge.repeats} times an answer, temperature ${temperature}, seed ${seed}, prompt version ${prompt_version}${second_judge === null ? "" : `; second judge ${second_judge.model}`}`,
  );
  return [...new Set(told)].map((text) => [`${label}: judge`, text]);
}
