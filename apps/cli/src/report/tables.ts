import type { Block, MeanSummary, OpenEndedCell } from "@caa/eval";
import type { ScoredCell } from "@caa/scoring";
import { formatChange, formatMultiplier, signed } from "../demo/numbers.ts";
import { SMALL_LETTER_MASS } from "../output/ab-table.ts";
import { DECIMALS, formatScore, type JudgedGroup, scoreNameOf, verdictInWords } from "./finding.ts";

type TableBlock = Extract<Block, { readonly kind: "table" }>;

/** Cells of a test beyond which the table has the strongest layer alone. */
const MAX_CELLS = 60;

const left = (title: string) => ({ title });
const right = (title: string) => ({ title, align: "right" as const });

/** A row a test: its strongest effect. */
export function summaryTable(groups: readonly JudgedGroup[]): TableBlock {
  return {
    kind: "table",
    caption: "The strongest layer of each test: difference between the ends, item by item",
    columns: [
      left("test"),
      right("layer"),
      left("difference [interval]"),
      left("verdict"),
      right("largest control"),
      right("controls"),
      right("n"),
      left("multipliers"),
    ],
    rows: groups.map((group) => {
      const { label, best, controls } = group;
      const count = String(controls.length);
      return best === null
        ? [label, "-", "-", "no effect to report", "-", count, "-", "-"]
        : [
            label,
            String(best.effect.layer),
            formatChange(best.effect.change, DECIMALS),
            verdictInWords(group, best),
            best.largestControl === null ? "-" : signed(best.largestControl, DECIMALS),
            count,
            String(best.effect.n),
            `${formatMultiplier(best.effect.from)} to ${formatMultiplier(best.effect.to)}`,
          ];
    }),
  };
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

/** A row a cell; of many cells those of the strongest layer. */
export function cellsTable(group: JudgedGroup): TableBlock {
  const { cells, findings, best } = group;
  const layer = best?.effect.layer ?? group.first.settings.layer;
  const all = cells.length <= MAX_CELLS;
  const shown = all ? cells : cells.filter(({ settings }) => settings.layer === layer);
  const score = scoreNameOf(group);
  return {
    kind: "table",
    caption: `${all ? "Every layer and multiplier" : `Layer ${layer} (${cells.length} cells in all)`}: mean ${score}; mass: probability of both letters together, ! below ${SMALL_LETTER_MASS}; change against 0 item by item, and items that went along with the multiplier, against it, nowhere`,
    columns: [
      right("layer"),
      right("multiplier"),
      right("n"),
      left(`${score} [interval]`),
      right("mass"),
      left("change against 0"),
      left("along/against/nowhere"),
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
      ];
    }),
  };
}

/** How worn the answers are, a row a cell. */
export function wearTable(cells: readonly OpenEndedCell[]): TableBlock {
  return {
    kind: "table",
    caption:
      "How worn the text is, measured without a judge; repetition: share of 4-grams of words that stood in the answer before; compression: bytes after deflate over before; perplexity: under the model without steering",
    columns: [
      right("layer"),
      right("multiplier"),
      right("answers"),
      right("tokens"),
      right("cut off"),
      left("repetition [interval]"),
      right("compression"),
      right("perplexity"),
    ],
    rows: cells.map(({ settings, summary }) => [
      String(settings.layer),
      formatMultiplier(settings.multiplier),
      String(summary.n),
      summary.tokens.mean.toFixed(1),
      String(summary.cut_off),
      formatMean(summary.repetition, 2),
      summary.compression_ratio?.mean.toFixed(2) ?? "-",
      summary.perplexity?.mean.toFixed(1) ?? "-",
    ]),
  };
}

/** What judges gave, a row a cell and judge. */
export function scoresTable(cells: readonly ScoredCell[]): TableBlock {
  return {
    kind: "table",
    caption: "Mean score of the answers, 0 to 10, by a judge that does not know the multiplier",
    columns: [
      left("judge"),
      right("layer"),
      right("multiplier"),
      right("n"),
      left("score [interval]"),
      right("unscored"),
    ],
    rows: cells.map(({ settings, judging, summary }) => [
      judging.judge.model,
      String(settings.layer),
      formatMultiplier(settings.multiplier),
      String(summary.n),
      formatScore(summary),
      String(Object.values(summary.unscored).reduce((sum, count) => sum + count, 0)),
    ]),
  };
}

function formatMean(summary: MeanSummary | null, decimals: number): string {
  if (summary === null) {
    return "no score";
  }
  const { mean, bootstrap } = summary;
  const interval =
    bootstrap === null
      ? ""
      : ` [${bootstrap.low.toFixed(decimals)}, ${bootstrap.high.toFixed(decimals)}]`;
  return `${mean.toFixed(decimals)}${interval}`;
}
