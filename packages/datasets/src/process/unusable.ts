import type { Problem } from "../read/problem.ts";

/** Items that cannot be used for the same reason. */
export interface UnusableGroup {
  readonly field: string;
  readonly reason: string;
  readonly items: number;
  /** The first of them. */
  readonly first: Pick<Problem, "path" | "item" | "line">;
}

/** Reasons for which items were left out, the most frequent first. */
export function groupUnusable(problems: readonly Problem[]): readonly UnusableGroup[] {
  const groups = new Map<string, UnusableGroup>();
  for (const { field, reason, path, item, line } of problems) {
    const key = `${field}: ${reason}`;
    const known = groups.get(key);
    const first = known?.first ?? { path, item, line };
    groups.set(key, { field, reason, items: (known?.items ?? 0) + 1, first });
  }
  return [...groups.values()].sort((a, b) => b.items - a.items);
}
