import {
  CaaError,
  type SteerableModel,
  type SteeringPositions,
  type SteeringVectors,
} from "@caa/core";
import type { AbItem, DataSet, OpenEndedItem } from "@caa/datasets";
import type { ChoiceQuestion } from "../choice/question.ts";
import { GUARD_LIMITS, type GuardLimits } from "./guard.ts";

/** The parts of a tuning that take time. */
export type TuneStage = "choose" | "texts" | "compare" | "answers" | "mmlu" | "controls" | "report";

export interface TuneProgress {
  readonly stage: TuneStage;
  readonly done: number;
  readonly total: number;
}

export interface TuneOptions {
  readonly model: SteerableModel;
  readonly vectors: SteeringVectors;
  /** @default "normalized" or "raw", as their metadata says */
  readonly vectorsKind?: string | undefined;
  /** Test items, of which half are chosen on and half kept back. */
  readonly dataset: DataSet<AbItem>;
  /**
   * The contrast pairs that the vectors were made of: test items that ask what one of them asks are left out; null, or pairs of
   * another hash, leave that unchecked.
   */
  readonly pairs: DataSet<AbItem> | null;
  /** Where cells are kept, so that a run that was stopped goes on. */
  readonly dir: string;
  /** @default all that have a vector */
  readonly layers?: readonly number[] | undefined;
  /** None of them 0: above it toward the behavior, below it away from it. @default 0.5 1 1.5 2 */
  readonly multipliers?: readonly number[] | undefined;
  /** @default "marker" */
  readonly positions?: SteeringPositions | undefined;
  /** How many random directions go through the same choice; with 19 chance alone passes them in one case of 20. @default 19 */
  readonly controls?: number | undefined;
  /** A smaller change of p(matching) is not worth steering for. @default 0.05 */
  readonly minGain?: number | undefined;
  /** How many cells the guard is asked about at most. @default 5 */
  readonly maxCandidates?: number | undefined;
  readonly limits?: Partial<GuardLimits> | undefined;
  /** Questions that steering should leave alone; null leaves that guard out. */
  readonly harmless: DataSet<OpenEndedItem> | null;
  /** The behavior's open questions, likewise. */
  readonly openEnded: DataSet<OpenEndedItem> | null;
  /** MMLU, likewise. */
  readonly mmlu: DataSet<ChoiceQuestion> | null;
  /** Of open-ended answers, in tokens. @default 40 */
  readonly maxNewTokens?: number | undefined;
  /** Of the open questions, drawn from those that no kept-back item asks. @default 20 */
  readonly openEndedItems?: number | undefined;
  /** Of MMLU. @default 200 */
  readonly mmluItems?: number | undefined;
  /** Of the split, the samples, the random directions and the bootstrap. @default 0 */
  readonly seed?: number | undefined;
  /** @default false */
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TuneProgress) => void) | undefined;
}

/** The options with their defaults. */
export interface TunePlan extends TuneOptions {
  readonly vectorsKind: string;
  readonly layers: readonly number[];
  readonly multipliers: readonly number[];
  readonly positions: SteeringPositions;
  readonly controls: number;
  readonly minGain: number;
  readonly maxCandidates: number;
  readonly limits: GuardLimits;
  readonly maxNewTokens: number;
  readonly openEndedItems: number;
  readonly mmluItems: number;
  readonly seed: number;
}

/**
 * @throws {CaaError} invalid-argument for a multiplier of 0, numbers of controls or candidates below 1, or limits below 0;
 *   empty-selection without layers
 */
export function planTuning(options: TuneOptions): TunePlan {
  const { vectors } = options;
  const plan: TunePlan = {
    ...options,
    vectorsKind:
      options.vectorsKind ?? (vectors.metadata.normalization === null ? "raw" : "normalized"),
    layers: options.layers ?? vectors.layers,
    multipliers: options.multipliers ?? [0.5, 1, 1.5, 2],
    positions: options.positions ?? "marker",
    controls: options.controls ?? 19,
    minGain: options.minGain ?? 0.05,
    maxCandidates: options.maxCandidates ?? 5,
    limits: { ...GUARD_LIMITS, ...options.limits },
    maxNewTokens: options.maxNewTokens ?? 40,
    openEndedItems: options.openEndedItems ?? 20,
    mmluItems: options.mmluItems ?? 200,
    seed: options.seed ?? 0,
  };
  if (plan.multipliers.includes(0)) {
    const message = "tune: expected multipliers other than 0, which is the plain model";
    throw new CaaError("invalid-argument", message);
  }
  for (const name of ["controls", "maxCandidates", "openEndedItems", "mmluItems"] as const) {
    if (!Number.isSafeInteger(plan[name]) || plan[name] < 1) {
      const message = `tune: expected ${name} from 1 on, got ${plan[name]}`;
      throw new CaaError("invalid-argument", message, { facts: { [name]: plan[name] } });
    }
  }
  if (plan.layers.length === 0) {
    throw new CaaError("empty-selection", "tune: expected layers, got none");
  }
  for (const [name, value] of Object.entries({ minGain: plan.minGain, ...plan.limits })) {
    if (!(value >= 0)) {
      const message = `tune: expected ${name} of 0 or more, got ${value}`;
      throw new CaaError("invalid-argument", message, { facts: { [name]: value } });
    }
  }
  return plan;
}
