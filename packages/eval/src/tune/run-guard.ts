import type { AnsweredPrompt } from "@caa/core";
import { runChoiceSets } from "../choice/choice-sweep.ts";
import { CHANGE_OF_SHARE, pairedChanges } from "../controls/effect.ts";
import { runOpenEndedSweep } from "../open-ended/open-ended-sweep.ts";
import type { OpenEndedRow } from "../results/open-ended-cell.ts";
import { meanOverItems } from "../statistics/mean-over-items.ts";
import type { DataSet, OpenEndedItem } from "@caa/datasets";
import { type GridCell, summaryOf } from "./grid.ts";
import { checkMost, type GuardCheck, letterMassLimit, notChecked } from "./guard.ts";
import { sampleItems } from "./sample-items.ts";
import { measureTextDamage } from "./text-damage.ts";
import type { TunePlan, TuneStage } from "./tune-options.ts";
import { sweepOf } from "./tune-sweep.ts";

/** Length of a harmless text, in tokens: long enough to leave the first words, where models differ least. */
const TEXT_TOKENS = 32;
const CONFIDENCE = 0.95;

export interface GuardContext {
  readonly plan: TunePlan;
  /** Mean letter mass without steering. */
  readonly plainMass: number;
  /** At which cells of the plain model are kept, whatever the candidate. */
  readonly plainLayer: number;
  /** Harmless and open questions that no item asks which is kept back. */
  readonly harmless: DataSet<OpenEndedItem> | null;
  readonly openEnded: DataSet<OpenEndedItem> | null;
}

/**
 * Asks the guards about a cell, from cheap to costly, up to the first that it fails. Whatever is measured is kept, so that the
 * plain model answers once for all candidates.
 */
export async function runGuard(
  context: GuardContext,
  candidate: GridCell,
): Promise<readonly GuardCheck[]> {
  const checks: GuardCheck[] = [checkLetterMass(context, candidate)];
  for (const check of [checkTexts, checkAnswers, checkMmlu]) {
    if (checks.every(({ passed }) => passed !== false)) {
      checks.push(...(await check(context, candidate)));
    }
  }
  return checks;
}

function checkLetterMass(
  { plan, plainMass }: GuardContext,
  { letterMass, n }: GridCell,
): GuardCheck {
  const limit = letterMassLimit(plan.limits.letterMass, plainMass);
  const passed = letterMass.mean >= limit;
  return { guard: "letter_mass", n, value: letterMass, limit, passed, note: null };
}

type Check = (context: GuardContext, candidate: GridCell) => Promise<readonly GuardCheck[]>;

const checkTexts: Check = async (context, { layer, multiplier }) => {
  const { plan, plainLayer, harmless } = context;
  const { limits, model, vectors, positions, signal, onProgress } = plan;
  const without = (note: string): readonly GuardCheck[] => [
    notChecked("divergence", limits.divergence, note),
    notChecked("perplexity_ratio", limits.perplexityRatio, note),
  ];
  if (harmless === null) {
    return without("no harmless questions but those kept back");
  }
  const rows = await answersAt(context, harmless, plainLayer, 0, TEXT_TOKENS, "texts");
  const texts = rows.map(({ question, model_output: answer }): AnsweredPrompt => ({
    user: question,
    answer,
  }));
  const name = vectors.behavior;
  const step = { name, layer, vector: vectors.vector(layer), multiplier, positions };
  const damage = await measureTextDamage(model, texts, [{ ...step, operation: "add" }], {
    seed: plan.seed,
    signal,
    onProgress: (done) => onProgress?.({ stage: "compare", done, total: texts.length }),
  });
  return damage === null
    ? without("the model does not tell what it expects of a text, or answers none of the questions")
    : [
        checkMost("divergence", damage.n, damage.divergence, limits.divergence),
        checkMost("perplexity_ratio", damage.n, damage.perplexityRatio, limits.perplexityRatio),
      ];
};

const checkAnswers: Check = async (context, { layer, multiplier }) => {
  const { plan, plainLayer, openEnded } = context;
  const limit = plan.limits.repetitionRise;
  if (openEnded === null) {
    return [notChecked("repetition_rise", limit, "no open-ended questions but those kept back")];
  }
  const { maxNewTokens } = plan;
  const plain = await answersAt(context, openEnded, plainLayer, 0, maxNewTokens, "answers");
  const steered = await answersAt(context, openEnded, layer, multiplier, maxNewTokens, "answers");
  const rises = steered.flatMap(({ repetition }, i) => {
    const before = plain[i]?.repetition ?? null;
    return repetition === null || before === null ? [] : [repetition - before];
  });
  if (rises.length === 0) {
    return [notChecked("repetition_rise", limit, "all answers have fewer than four words")];
  }
  return [
    checkMost("repetition_rise", rises.length, summaryOf(rises, plan.seed, CHANGE_OF_SHARE), limit),
  ];
};

const checkMmlu: Check = async ({ plan, plainLayer }, { layer, multiplier }) => {
  const { vectors, vectorsKind, mmlu, seed } = plan;
  const limit = plan.limits.mmluDrop;
  if (mmlu === null) {
    return [notChecked("mmlu_drop", limit, "no MMLU items")];
  }
  const set = { vectors, vectorsKind };
  const { behavior } = vectors;
  const dataset = { ...sampleItems(mmlu, { count: plan.mmluItems, seed }), behavior };
  const { cells } = await runChoiceSets({ ...sweepOf(plan, dataset, "mmlu"), type: "mmlu" }, [
    { ...set, layers: [plainLayer], multipliers: [0] },
    { ...set, layers: [layer], multipliers: [multiplier] },
  ]);
  const [plain, steered] = cells;
  const drops =
    plain === undefined || steered === undefined
      ? []
      : pairedChanges(plain, steered).map(({ value, category }) => ({ value: -value, category }));
  return drops.length === 0
    ? [notChecked("mmlu_drop", limit, "no MMLU item has a score")]
    : [
        checkMost(
          "mmlu_drop",
          drops.length,
          meanOverItems(drops, { confidence: CONFIDENCE, seed, range: CHANGE_OF_SHARE }),
          limit,
        ),
      ];
};

/** Greedy answers of one cell. */
async function answersAt(
  { plan }: GuardContext,
  dataset: DataSet<OpenEndedItem>,
  layer: number,
  multiplier: number,
  maxNewTokens: number,
  stage: TuneStage,
): Promise<readonly OpenEndedRow[]> {
  const { vectors, vectorsKind } = plan;
  const place = { layers: [layer], multipliers: [multiplier] };
  const { cells } = await runOpenEndedSweep({
    ...sweepOf(plan, dataset, stage),
    ...place,
    vectors,
    vectorsKind,
    maxNewTokens,
  });
  return cells[0]?.rows ?? [];
}
