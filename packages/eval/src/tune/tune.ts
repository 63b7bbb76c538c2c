import { checkCompatible, formatPlanEntry, formatPositions, PLAN_DEFAULTS } from "@caa/core";
import type { AbItem, DataSet, OpenEndedItem } from "@caa/datasets";
import type { ChoiceCell } from "../results/choice-cell.ts";
import { freshItems } from "./fresh-items.ts";
import { type GridCell, gridOf, type MeasuredCell } from "./grid.ts";
import { letterMassLimit } from "./guard.ts";
import { judgeReliability } from "./judge-reliability.ts";
import { chooseControls, measureGrid, measureReport } from "./measure-halves.ts";
import { nextCandidate } from "./next-candidate.ts";
import { type GuardContext, runGuard } from "./run-guard.ts";
import { sampleItems } from "./sample-items.ts";
import { splitItems } from "./split-items.ts";
import { planTuning, type TuneOptions, type TunePlan } from "./tune-options.ts";
import {
  TUNE_VERSION,
  type TriedCandidate,
  type TuneResult,
  type TuneSettings,
} from "./tune-result.ts";
import { judgeReport } from "./verdict.ts";

/**
 * Finds a layer and a multiplier for a behavior, or says that there is none:
 * 1. Layers whose vector chance explains are left out.
 * 2. The test items are split, without those that ask what the vectors' pairs ask. On one half every other layer and every
 *    multiplier is measured.
 * 3. Cells are tried in the order of `nextCandidate` until one passes the guard.
 * 4. Random directions of the vectors' lengths choose a layer on the same half, at the multiplier that was chosen.
 * 5. The cell and these controls are measured once on the other half, and judged there.
 * What is measured is kept in `dir`, so that a run that was stopped goes on from there.
 * @throws {CaaError} invalid-argument, empty-selection for bad options or too few items; incompatible-vector; io; aborted;
 *   what the model throws
 */
export async function tuneSteering(options: TuneOptions): Promise<TuneResult> {
  const plan = planTuning(options);
  const { layers, minGain, model, positions, seed, vectors } = plan;
  checkCompatible(vectors, model.info, { layers });
  const reliability = judgeReliability(vectors).filter(({ layer }) => layers.includes(layer));
  const { dataset, leftOut } = freshItems(plan);
  const usable = reliability.filter(({ reliable }) => reliable !== false);
  const nothing: Omit<TuneResult, "refusals"> = {
    version: TUNE_VERSION,
    settings: settingsOf(plan),
    hashes: {
      model: model.info.hash,
      dataset: plan.dataset.hash,
      vectors: vectors.metadata.contentHash,
      harmless: plan.harmless?.hash ?? null,
      openEnded: plan.openEnded?.hash ?? null,
      mmlu: plan.mmlu?.hash ?? null,
    },
    items: { choose: 0, report: 0, leftOut },
    reliability,
    grid: [],
    candidates: [],
    chosen: null,
    report: null,
  };
  if (usable.length === 0) {
    return { ...nothing, refusals: ["unreliable"] };
  }
  const { choose, report: keptBack } = splitItems(dataset, seed);
  const cells = await measureGrid(
    plan,
    choose,
    usable.map(({ layer }) => layer),
  );
  const measuredCells = gridOf(cells, seed);
  const measured = {
    ...nothing,
    items: { choose: choose.items.length, report: keptBack.items.length, leftOut },
    grid: measuredCells.map(({ layer, multiplier, n, gain, letterMass, dose }) => ({
      layer,
      multiplier,
      n,
      gain,
      letterMass,
      dose,
    })),
  };
  if (nextCandidate(measuredCells, minGain) === null) {
    return { ...measured, refusals: ["no-gain"] };
  }
  const context = contextOf(plan, cells, keptBack);
  const { candidates, chosen } = await tryCandidates(context, measuredCells);
  if (chosen === null) {
    return { ...measured, candidates, refusals: ["damaged"] };
  }
  const { layer, multiplier } = chosen;
  const controls = await chooseControls(plan, choose, cells, multiplier);
  const report = await measureReport(plan, keptBack, chosen, controls);
  if (report === null) {
    return { ...measured, candidates, refusals: ["covers-zero"] };
  }
  const { refusals, chance } = judgeReport(
    report.gain,
    report.controls.map(({ change }) => change),
    minGain,
  );
  const entry = {
    ...PLAN_DEFAULTS,
    name: vectors.behavior,
    layers: [layer],
    multiplier,
    positions,
  };
  return {
    ...measured,
    candidates,
    chosen: { layer, multiplier, plan: formatPlanEntry(entry) },
    report: { ...report, chance },
    refusals,
  };
}

function settingsOf(plan: TunePlan): TuneSettings {
  const { info } = plan.model;
  return {
    behavior: plan.vectors.behavior,
    model: info.id,
    dtype: info.dtype,
    promptStyle: info.promptStyle,
    vectors: plan.vectorsKind,
    positions: formatPositions(plan.positions),
    layers: plan.layers,
    multipliers: plan.multipliers,
    controls: plan.controls,
    minGain: plan.minGain,
    maxCandidates: plan.maxCandidates,
    limits: plan.limits,
    maxNewTokens: plan.maxNewTokens,
    openEndedItems: plan.openEndedItems,
    mmluItems: plan.mmluItems,
    seed: plan.seed,
  };
}

function contextOf(
  plan: TunePlan,
  cells: readonly ChoiceCell[],
  keptBack: DataSet<AbItem>,
): GuardContext {
  const { harmless, openEnded, openEndedItems, seed } = plan;
  const asked = (set: DataSet<OpenEndedItem> | null, count: number) =>
    set === null ? null : withoutKeptBack(set, keptBack, { count, seed });
  const plain = cells.find(({ settings }) => settings.multiplier === 0);
  return {
    plan,
    plainMass: plain?.summary.letter_mass.mean ?? 0,
    plainLayer: plain?.settings.layer ?? 0,
    harmless: asked(harmless, Number.POSITIVE_INFINITY),
    openEnded: asked(openEnded, openEndedItems),
  };
}

/** Questions that no item asks which is kept back: the guard must not learn of those either. */
function withoutKeptBack(
  set: DataSet<OpenEndedItem>,
  keptBack: DataSet<AbItem>,
  options: { readonly count: number; readonly seed: number },
): DataSet<OpenEndedItem> | null {
  const left = sampleItems(set, {
    ...options,
    keep: ({ question }) =>
      keptBack.items.every((item) => !item.question.includes(question.trim())),
  });
  return left.items.length === 0 ? null : left;
}

/** Cells that the letter mass rules out are known before, and are not counted among the candidates. */
async function tryCandidates(
  context: GuardContext,
  grid: readonly MeasuredCell[],
): Promise<{ readonly candidates: readonly TriedCandidate[]; readonly chosen: GridCell | null }> {
  const { minGain, maxCandidates, limits } = context.plan;
  const limit = letterMassLimit(limits.letterMass, context.plainMass);
  const candidates: TriedCandidate[] = [];
  let open = grid.filter(({ letterMass }) => letterMass.mean >= limit);
  while (candidates.length < maxCandidates) {
    const cell = nextCandidate(open, minGain);
    if (cell === null) {
      break;
    }
    const checks = await runGuard(context, cell);
    const passed = checks.every((check) => check.passed !== false);
    candidates.push({ layer: cell.layer, multiplier: cell.multiplier, checks, passed });
    if (passed) {
      return { candidates, chosen: cell };
    }
    open = open.filter((other) => other !== cell);
  }
  return { candidates, chosen: null };
}
