import type { BehaviorEvaluation } from "./evaluate-behavior.ts";

/** What the embedded model has to reach on each planted behavior. */
export const TARGETS = {
  difference: 0.4,
  cosine: 0.6,
  /** Largest effect of a random direction, as a share of the difference. */
  random: 0.25,
  letterMass: 0.9,
  changed: 0.7,
} as const;

/** The behaviors as a Markdown table. `strengths` has no entry for the control. */
export function formatTable(
  evaluations: readonly BehaviorEvaluation[],
  strengths: ReadonlyMap<string, number>,
): string {
  const rows = evaluations.map((one) => {
    const interval = one.difference.t;
    return [
      one.behavior,
      strengths.get(one.behavior)?.toFixed(2) ?? "none",
      one.norm.toFixed(2),
      one.cosine?.toFixed(2) ?? "",
      one.pMatching.map((p) => p.toFixed(2)).join(" / "),
      `${signed(one.difference.mean)}${interval === null ? "" : ` [${signed(interval.low)}, ${signed(interval.high)}]`}`,
      signed(largest(one.random)),
      one.letterMass.toFixed(2),
      `${Math.round(100 * one.changed)} %`,
      one.cosine === null ? controlVerdict(one) : missed(one).join(", ") || "reached",
    ];
  });
  const head = [
    "behavior",
    "planted",
    "vector's length",
    "cosine",
    "p(matching) at -1 / 0 / +1",
    "difference, 95 % interval",
    "random",
    "letters",
    "open",
    "targets",
  ];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Which targets a planted behavior misses. */
export function missed(one: BehaviorEvaluation): readonly string[] {
  const { mean, t } = one.difference;
  const checks: ReadonlyArray<readonly [name: string, holds: boolean]> = [
    ["difference", mean >= TARGETS.difference && t !== null && t.low > 0],
    ["cosine", (one.cosine ?? 0) >= TARGETS.cosine],
    ["random", Math.abs(largest(one.random)) < TARGETS.random * Math.abs(mean)],
    ["letters", one.letterMass > TARGETS.letterMass],
    ["open", one.changed >= TARGETS.changed],
  ];
  return checks.filter(([, holds]) => !holds).map(([name]) => `${name} missed`);
}

function controlVerdict({ difference }: BehaviorEvaluation): string {
  const { t } = difference;
  return t !== null && t.low <= 0 && t.high >= 0 ? "covers zero" : "does not cover zero";
}

/** The value farthest from zero. */
function largest(values: readonly number[]): number {
  return values.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
}

function signed(x: number): string {
  return `${x < 0 ? "-" : "+"}${Math.abs(x).toFixed(3)}`;
}
