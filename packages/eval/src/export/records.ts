import type { Cell } from "../results/cell.ts";
import type { ChoiceCell, ChoiceRow } from "../results/choice-cell.ts";
import type { OpenEndedCell, OpenEndedRow } from "../results/open-ended-cell.ts";
import type { MeanSummary } from "../results/summary-schema.ts";

/** One row of a table: every row of a table has the same columns. */
export type FlatRecord = Readonly<Record<string, string | number | null>>;

/** A cell's settings and figures as one row. Columns of other types of tests are null, so that cells of all types make one table. */
export function cellRecord(cell: Cell): FlatRecord {
  const choice = isChoice(cell) ? cell.summary : null;
  const open = isChoice(cell) ? null : cell.summary;
  return {
    ...settingsRecord(cell),
    n: cell.summary.n,
    confidence: cell.summary.confidence,
    seed: cell.summary.seed,
    unscored: choice?.unscored ?? null,
    ...meanRecord("p_matching", choice?.p_matching ?? null),
    ...meanRecord("letter_mass", choice?.letter_mass ?? null),
    ...meanRecord("relative_dose", choice?.relative_dose ?? null),
    ...meanRecord("tokens", open?.tokens ?? null),
    cut_off: open?.cut_off ?? null,
    ...meanRecord("repetition", open?.repetition ?? null),
    ...meanRecord("compression_ratio", open?.compression_ratio ?? null),
    ...meanRecord("perplexity", open?.perplexity ?? null),
    model_hash: cell.hashes.model,
    dataset_hash: cell.hashes.dataset,
    vector_hash: cell.hashes.vector,
  };
}

/** Every item of a cell as a row, behind the cell's settings; columns of other types are null. */
export function itemRecords(cell: Cell): readonly FlatRecord[] {
  const settings = settingsRecord(cell);
  const rows: ReadonlyArray<ChoiceRow | OpenEndedRow> = cell.rows;
  return rows.map((row, item) => {
    const choice = "score" in row ? row : null;
    const open = "score" in row ? null : row;
    return {
      ...settings,
      item,
      question: row.question,
      category: choice?.category ?? null,
      answer_matching_behavior: choice?.answer_matching_behavior ?? null,
      answer_not_matching_behavior: choice?.answer_not_matching_behavior ?? null,
      a_prob: choice?.a_prob ?? null,
      b_prob: choice?.b_prob ?? null,
      matching_prob: choice?.matching_prob ?? null,
      not_matching_prob: choice?.not_matching_prob ?? null,
      score: choice?.score ?? null,
      unscored: choice?.unscored ?? null,
      model_output: open?.model_output ?? null,
      raw_model_output: open?.raw_model_output ?? null,
      finish: open?.finish ?? null,
      tokens: open?.tokens ?? null,
      repetition: open?.repetition ?? null,
      compression_ratio: open?.compression_ratio ?? null,
      plain_log_probability: open?.plain_log_probability ?? null,
      prompt_length: row.prompt_length,
      steered_first: row.steered?.first ?? null,
      steered_count: row.steered?.count ?? null,
      relative_dose: choice?.relative_dose ?? null,
    };
  });
}

function isChoice(cell: Cell): cell is ChoiceCell {
  return cell.settings.type !== "open_ended";
}

function settingsRecord({ settings }: ChoiceCell | OpenEndedCell): FlatRecord {
  return {
    type: settings.type,
    behavior: settings.behavior,
    layer: settings.layer,
    multiplier: settings.multiplier,
    model: settings.model,
    vectors: settings.vectors,
    override_weights: settings.overrideWeights,
    override_vector: settings.overrideVector,
    override_vector_model: settings.overrideVectorModel,
    operation: settings.operation,
    positions: settings.positions,
    prompt_style: settings.promptStyle,
    dtype: settings.dtype,
    system_prompt: settings.systemPrompt,
    system: settings.system,
    max_new_tokens: settings.type === "open_ended" ? settings.maxNewTokens : null,
    limit: settings.limit,
  };
}

function meanRecord(name: string, summary: MeanSummary | null): FlatRecord {
  return {
    [name]: summary?.mean ?? null,
    [`${name}_bootstrap_low`]: summary?.bootstrap?.low ?? null,
    [`${name}_bootstrap_high`]: summary?.bootstrap?.high ?? null,
    [`${name}_t_low`]: summary?.t?.low ?? null,
    [`${name}_t_high`]: summary?.t?.high ?? null,
  };
}
