import type { OpenEndedCell } from "@caa/eval";
import { scoreChange, type ScoredCell } from "@caa/scoring";
import { formatChange, formatMultiplier } from "../demo/numbers.ts";
import { formatScore, SCORE_DECIMALS } from "./judge-finding.ts";
import { fewCells, formatMean, left, right, type TableBlock } from "./table-parts.ts";

/** How worn the answers are, a row a cell. */
export function wearTable(cells: readonly OpenEndedCell[], layer: number): TableBlock {
  const [shown, which] = fewCells(cells, layer);
  return {
    kind: "table",
    caption: `${which}: how worn the text is, measured without a judge; repetition: share of 4-grams of words that stood in the answer before; compression: bytes after deflate over before; perplexity: under the model without steering`,
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
    rows: shown.map(({ settings, summary }) => [
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
export function scoresTable(cells: readonly ScoredCell[], layer: number): TableBlock {
  const [shown, which] = fewCells(cells, layer);
  return {
    kind: "table",
    caption: `${which}: mean score of the answers, 0 to 10; change against 0 question by question`,
    columns: [
      left("judge"),
      right("layer"),
      right("multiplier"),
      right("n"),
      left("score [interval]"),
      left("change against 0"),
      right("unscored"),
    ],
    rows: shown.map((cell) => {
      const { settings, judging, summary } = cell;
      const change = scoreChange(cell, 0, cells);
      return [
        judging.judge.model,
        String(settings.layer),
        formatMultiplier(settings.multiplier),
        String(summary.n),
        formatScore(summary),
        change === null ? "-" : formatChange(change.change, SCORE_DECIMALS),
        String(Object.values(summary.unscored).reduce((sum, count) => sum + count, 0)),
      ];
    }),
  };
}
