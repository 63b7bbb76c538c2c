import type { ComparedCell, Verdict } from "../compare/compare.ts";

/** What came out, in one sentence. */
export function findingOf(cells: readonly ComparedCell[]): string {
  const count = (verdict: Verdict): number =>
    cells.filter((cell) => cell.verdict === verdict).length;
  const rest = [
    ["without a band", count("no band")],
    ["not measured", count("not measured")],
  ].flatMap(([what, n]) => (n === 0 ? [] : [`${n} ${what}`]));
  const judged = `${count("inside")} of ${cells.length} published figures are met within their band, ${count("outside")} are not`;
  const reasons = [...new Set(cells.flatMap(({ reason }) => reason ?? []))];
  return `${[judged, ...rest].join(", ")}${reasons.length === 0 ? "" : ` (${reasons.join("; ")})`}.`;
}
