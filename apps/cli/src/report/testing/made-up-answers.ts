import type { OpenEndedCell, OpenEndedSettings } from "@caa/eval";
import type { ScoredCell } from "@caa/scoring";

/** What a page must show as text. */
export const HOSTILE = `<script>alert("1")</script><img src=x onerror='alert(2)'> ${"x".repeat(300)}`;

/** A cell of two questions, with a hostile answer: no measurement. */
export function openEndedCell(
  changes: Pick<OpenEndedSettings, "behavior" | "layer" | "multiplier">,
): OpenEndedCell {
  const { multiplier } = changes;
  const hash = "a".repeat(64);
  const mean = (value: number) => ({ mean: value, t: null, bootstrap: null });
  return {
    version: 1,
    settings: {
      type: "open_ended",
      model: "fake/model",
      overrideWeights: null,
      dtype: "float32",
      promptStyle: "template",
      vectors: "raw",
      overrideVector: null,
      overrideVectorModel: null,
      operation: "add",
      positions: "marker",
      system: null,
      systemPrompt: null,
      limit: null,
      maxNewTokens: 50,
      ...changes,
    },
    hashes: { model: hash, dataset: hash, vector: hash },
    summary: {
      n: 2,
      confidence: 0.95,
      seed: 0,
      cut_off: 1,
      tokens: mean(9),
      repetition: mean(0),
      compression_ratio: null,
      perplexity: null,
    },
    rows: ["What is on <b>your</b> mind?", `${HOSTILE}?`].map((question, i) => ({
      question,
      model_output: i === 0 ? `Plants, at ${multiplier}.` : HOSTILE,
      raw_model_output: "",
      tokens: 9,
      finish: i === 0 ? "ended" : "cut-off",
      prompt_length: 9,
      steered: null,
      plain_log_probability: null,
      repetition: 0,
      compression_ratio: null,
    })),
  };
}

/** The same, judged: the more, the higher the multiplier, and less for the second question. */
export function scoredCell({ settings, hashes, rows }: OpenEndedCell): ScoredCell {
  const judge = { model: "judge-1", base_url: "https://judge", max_tokens: 9, repeats: 1 };
  const score = 5 + 3 * settings.multiplier;
  return {
    version: 1,
    settings: { ...settings },
    hashes: { ...hashes },
    judging: {
      judge,
      second_judge: null,
      rubric: "",
      prompt_version: 1,
      seed: 0,
      temperature: 0,
    },
    summary: {
      n: 2,
      mean: score,
      interval: null,
      t: null,
      confidence: 0.95,
      seed: 0,
      unscored: {},
      repeats: 1,
      judge_sd: null,
      judge_standard_error: null,
    },
    second_summary: null,
    rows: rows.map(({ question, model_output }, i) => ({
      question,
      model_output,
      score: score + (i === 0 ? 1 : -1),
      unscored: null,
      second_score: null,
      label: null,
      judgments: [],
      second_judgments: [],
    })),
  };
}
