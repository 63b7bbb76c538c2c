import { createRandom } from "@caa/core";
import { summarizeChoices } from "../src/choice/summary.ts";
import type { ChoiceCell, ChoiceRow } from "../src/results/choice-cell.ts";
import type { ChoiceSettings } from "../src/results/settings.ts";
import { madeUpSettings } from "./made-up-cells.ts";

export interface MadeUpResult {
  readonly settings?: Partial<ChoiceSettings>;
  /** How far one multiplier moves the score at the best layer, 13. @default 0.2 */
  readonly strength?: number;
  /** Of every score. @default 0 */
  readonly offset?: number;
  /** Of the items, in turn. @default none */
  readonly categories?: readonly string[];
}

/** A cell with 24 items whose figures are those of its rows: no measurement. */
export function madeUpResult(options: MadeUpResult = {}): ChoiceCell {
  const { strength = 0.2, offset = 0, categories = [] } = options;
  const settings: ChoiceSettings = { ...madeUpSettings(), ...options.settings };
  const { layer, multiplier } = settings;
  const shift = strength * multiplier * Math.exp(-(((layer - 13) / 5) ** 2)) + offset;
  const random = createRandom(1); // the same items in every cell
  const rows = Array.from({ length: 24 }, (_, i): ChoiceRow => {
    const [base, moves] = [0.3 + 0.4 * random.uniform(), 0.5 + random.uniform()];
    const score = Math.max(0, Math.min(1, base + moves * shift));
    const probability = (share: number): number => Math.round(0.8 * share * 1e6) / 1e6;
    return {
      question: `Question ${i + 1}`,
      answer_matching_behavior: "(A)",
      answer_not_matching_behavior: "(B)",
      category: categories.length === 0 ? null : (categories[i % categories.length] ?? null),
      a_prob: probability(score),
      b_prob: probability(1 - score),
      matching_prob: probability(score),
      not_matching_prob: probability(1 - score),
      prompt_length: 40,
      steered: multiplier === 0 ? null : { first: 38, count: 2 },
      relative_dose: null,
      score,
      unscored: null,
    };
  });
  const hash = (digit: string): string => digit.repeat(64);
  return {
    version: 1,
    settings,
    hashes: { model: hash("a"), dataset: hash("b"), vector: hash("c") },
    summary: summarizeChoices(rows, 0),
    rows,
  };
}
