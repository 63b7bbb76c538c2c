import type { OpenEndedCell } from "@caa/eval";
import type { ScoredCell } from "@caa/scoring";
import { formatMultiplier } from "../demo/numbers.ts";
import type { JudgedGroup } from "./finding.ts";
import { distinct, type Group } from "./groups.ts";
import { settingsInWords, shortHash } from "./settings-words.ts";

type Fact = readonly [name: string, value: string];

/** All that made the figures, by name: hashes shortened. */
export function settingsFacts(
  choice: readonly JudgedGroup[],
  open: ReadonlyArray<{
    readonly group: Group<OpenEndedCell>;
    readonly layer: number;
    readonly scores: readonly ScoredCell[];
  }>,
): readonly Fact[] {
  return [
    ...choice.map((group) => groupFact(group, group.best?.effect.layer ?? null)),
    ...open.map(({ group, layer }) => groupFact(group, layer)),
    ...open.flatMap(({ group, scores }) => judgeFacts(group.label, scores)),
  ];
}

function groupFact(
  { label, first, cells, controls }: Omit<JudgedGroup, "findings" | "best"> | Group<OpenEndedCell>,
  layer: number | null,
): Fact {
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
      `${Math.round(100 * summary.confidence)} % percentile bootstrap intervals over items, seed ${summary.seed}`,
      `hashes: model ${shortHash(hashes.model)}, items ${shortHash(hashes.dataset)}${at === undefined ? "" : `, vector of layer ${layer} ${shortHash(at.hashes.vector)}`}`,
    ].join("; "),
  ];
}

function judgeFacts(label: string, scores: readonly ScoredCell[]): readonly Fact[] {
  const told = scores.map(
    ({ judging: { judge, second_judge, prompt_version, seed, temperature } }) =>
      `${judge.model}, ${judge.repeats} times an answer, temperature ${temperature}, seed ${seed}, prompt version ${prompt_version}${second_judge === null ? "" : `; second judge ${second_judge.model}`}`,
  );
  return [...new Set(told)].map((text) => [`${label}: judge`, text]);
}
