import type { CategoryMean, ChoiceRow, ChoiceSummary } from "../results/choice-cell.ts";
import { categoryMeans, meanOverItems } from "../statistics/mean-over-items.ts";

const CONFIDENCE = 0.95;
const SHARE = { low: 0, high: 1 };
const LENGTH = { low: 0, high: Number.POSITIVE_INFINITY };

/**
 * The figures of a cell: `mean(matching / (matching + not matching))` over the rows that have a score, by category where rows
 * have one, and the letter mass `mean(matching + not matching)` over all rows, each with its intervals.
 * @throws {CaaError} empty-selection without rows
 */
export function summarizeChoices(rows: readonly ChoiceRow[], seed: number): ChoiceSummary {
  const options = { confidence: CONFIDENCE, seed };
  const scored = rows.flatMap(({ score: value, category }) =>
    value === null ? [] : [{ value, category }],
  );
  const masses = rows.map((row) => ({
    value: row.matching_prob + row.not_matching_prob,
    category: null,
  }));
  const doses = rows.flatMap(({ relative_dose: value }) =>
    value === null ? [] : [{ value, category: null }],
  );
  return {
    n: scored.length,
    unscored: rows.length - scored.length,
    ...options,
    p_matching: scored.length === 0 ? null : meanOverItems(scored, { ...options, range: SHARE }),
    letter_mass: meanOverItems(masses, { ...options, range: SHARE }),
    relative_dose: doses.length === 0 ? null : meanOverItems(doses, { ...options, range: LENGTH }),
    categories: rows.every(({ category }) => category === null) ? null : categoriesOf(scored),
  };
}

function categoriesOf(
  scored: ReadonlyArray<{ readonly value: number; readonly category: string | null }>,
): readonly CategoryMean[] {
  return categoryMeans(scored)
    .map(({ category, values, mean }) => ({ category, n: values.length, mean }))
    .sort((a, b) => (a.category < b.category ? -1 : 1));
}
