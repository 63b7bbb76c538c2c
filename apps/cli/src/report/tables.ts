import type { Span } from "@caa/eval";
import { formatChange, formatMultiplier, signed } from "../demo/numbers.ts";
import { SMALL_LETTER_MASS } from "../output/ab-table.ts";
import { formatDose } from "../output/changes.ts";
import { DECIMALS, type JudgedGroup, scoreNameOf, verdictInWords } from "./finding.ts";
import { type JudgeFinding, judgeVerdictInWords, SCORE_DECIMALS } from "./judge-finding.ts";
import { fewCells, formatMean, left, right, type TableBlock } from "./table-parts.ts";

/** A row a test: its strongest effect; then a row for each judge of open-ended answers. */
export function summaryTable(
  groups: readonly JudgedGroup[],
  judged: readonly JudgeFinding[],
): TableBlock {
  return {
    kind: "table",
    long: true,
    caption: `The same as a table: difference between the ends, item by item${judged.length === 0 ? "" : ", of judges in points of 10"}`,
    columns: [
      left("test"),
      right("layer"),
      left("difference [interval]"),
      left("verdict"),
      left("largest control"),
      right("n"),
      left("multipliers"),
    ],
    rows: [...groups.map(choiceRow), ...judged.map(judgeRow)],
  };
}

function choiceRow(group: JudgedGroup): readonly string[] {
  const { label, best, controls } = group;
  return best === null
    ? [label, "-", "-", "no effect to report", "-", "-", "-"]
    : [
        label,
        String(best.effect.layer),
        formatChange(best.effect.change, DECIMALS),
        verdictInWords(group, best),
        best.largestControl === null
          ? "none"
          : `${signed(best.largestControl, DECIMALS)} (of ${controls.length})`,
        String(best.effect.n),
        formatSpan(best.effect),
      ];
}

function judgeRow(finding: JudgeFinding): readonly string[] {
  const { label, judge, layer, change } = finding;
  return [
    `${label}, judge ${judge}`,
    String(layer),
    change === null ? "-" : formatChange(change.change, SCORE_DECIMALS),
    judgeVerdictInWords(finding),
    "none",
    change === null ? "-" : String(change.n),
    change === null ? "-" : formatSpan(change),
  ];
}

function formatSpan({ from, to }: Span): string {
  return `${formatMultiplier(from)} to ${formatMultiplier(to)}`;
}

/** A row a layer, beside the controls. */
export function layersTable(group: JudgedGroup): TableBlock {
  const { findings } = group;
  const { from = 0, to = 0 } = findings.span ?? {};
  return {
    kind: "table",
    caption: `Layer by layer, ${formatMultiplier(to)} instead of ${formatMultiplier(from)}; slope: change for one unit of the multiplier; rank: Spearman's correlation of multiplier and mean`,
    columns: [
      right("layer"),
      left("difference [interval]"),
      right("n"),
      left("slope [interval]"),
      right("rank"),
      right("largest control"),
      left("verdict"),
    ],
    rows: findings.layers.map((one) => [
      String(one.effect.layer),
      formatChange(one.effect.change, DECIMALS),
      String(one.effect.n),
      formatChange(one.steerability?.slope ?? null, DECIMALS),
      one.steerability?.rank?.toFixed(2) ?? "-",
      one.largestControl === null ? "-" : signed(one.largestControl, DECIMALS),
      verdictInWords(group, one),
    ]),
  };
}

/** A row a cell. */
export function cellsTable(group: JudgedGroup): TableBlock {
  const { cells, findings, best } = group;
  const [shown, which] = fewCells(cells, best?.effect.layer ?? group.first.settings.layer);
  const score = scoreNameOf(group);
  return {
    kind: "table",
    caption: `${which}: mean ${score}; mass: probability of both letters together, ! below ${SMALL_LETTER_MASS}; change against 0 item by item, and items that went along with the multiplier, against it, nowhere; dose: length of the addition over that of the residual stream`,
    columns: [
      right("layer"),
      right("multiplier"),
      right("n"),
      left(`${score} [interval]`),
      right("mass"),
      left("change against 0"),
      left("along/against/nowhere"),
      right("dose"),
    ],
    rows: shown.map(({ settings, summary }) => {
      const change = findings.changes.find(
        ({ effect }) => effect.layer === settings.layer && effect.to === settings.multiplier,
      );
      const mass = summary.letter_mass.mean;
      return [
        String(settings.layer),
        formatMultiplier(settings.multiplier),
        String(summary.n),
        formatMean(summary.p_matching, DECIMALS),
        `${mass.toFixed(2)}${mass < SMALL_LETTER_MASS ? "!" : ""}`,
        change === undefined ? "-" : formatChange(change.effect.change, DECIMALS),
        change === undefined
          ? "-"
          : `${change.moves.along}/${change.moves.against}/${change.moves.unchanged}`,
        formatDose(change?.dose ?? null),
      ];
    }),
  };
}
