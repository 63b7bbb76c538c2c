import {
  CaaError,
  checkCompatible,
  formatPositions,
  type SteerableModel,
  type SteeringOperation,
  type SteeringPositions,
  type SteeringVectors,
} from "@caa/core";
import type { CommonSettings } from "../results/settings.ts";
import type { ResultStore } from "../results/store.ts";

/** Rows of the cells that are not in the store yet; `done` begins with those that an earlier run left. */
export interface SweepProgress {
  readonly done: number;
  readonly total: number;
}

/** What every experiment over layers and multipliers takes. */
export interface SweepOptions {
  readonly model: SteerableModel;
  /**
   * Id of the model that `model` is a fine-tuned form of: results are kept under its name, with that of `model` as
   * `overrideWeights`, and its vectors may be used.
   * @default none
   */
  readonly baseModel?: string | undefined;
  readonly vectors: SteeringVectors;
  /**
   * Which vectors these are, as results call them.
   * @default "normalized" or "raw", as their metadata says
   */
  readonly vectorsKind?: string | undefined;
  /** The layer whose vector stands at every layer of `vectors`. @default none: each layer has its own */
  readonly overrideVector?: number | undefined;
  /** Take vectors that were made on another model, when their size fits. @default false */
  readonly otherVectorModel?: boolean | undefined;
  readonly layers: readonly number[];
  /** 0 is the plain model, which is run once for all layers. */
  readonly multipliers: readonly number[];
  readonly store: ResultStore;
  /** Only so many items from the start of the data set. @default all */
  readonly limit?: number | undefined;
  /** A system prompt for every item. @default none */
  readonly system?: string | undefined;
  /** Which of the behavior's own two system prompts `system` is. @default neither */
  readonly systemPrompt?: "pos" | "neg" | undefined;
  /** @default "add" */
  readonly operation?: SteeringOperation | undefined;
  /** @default "marker" */
  readonly positions?: SteeringPositions | undefined;
  /** Measures cells again that are in the store. @default false */
  readonly overwrite?: boolean | undefined;
  /** Of the bootstrap intervals. @default 0 */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
}

/**
 * The settings that all cells of a sweep share, but for the type's own.
 * @throws {CaaError} incompatible-vector for vectors that do not fit the model or its layers
 */
export function sweepSettings(
  behavior: string,
  options: Omit<SweepOptions, "store" | "multipliers">,
): Omit<CommonSettings, "layer" | "multiplier"> {
  const { model, baseModel, vectors, layers, operation = "add", positions = "marker" } = options;
  const { info } = model;
  const allowOtherModel = baseModel !== undefined || options.otherVectorModel === true;
  checkCompatible(vectors, info, { layers, allowOtherModel });
  return {
    behavior,
    model: baseModel ?? info.id,
    overrideWeights: baseModel === undefined ? null : info.id,
    dtype: info.dtype,
    promptStyle: info.promptStyle,
    vectors:
      options.vectorsKind ?? (vectors.metadata.normalization === null ? "raw" : "normalized"),
    overrideVector: options.overrideVector ?? null,
    overrideVectorModel: options.otherVectorModel === true ? vectors.metadata.modelId : null,
    operation,
    positions: formatPositions(positions),
    system: options.system ?? null,
    systemPrompt: options.systemPrompt ?? null,
    limit: options.limit ?? null,
  };
}

/** The items that a limit leaves. @throws {CaaError} invalid-argument, empty-selection */
export function takeItems<Item>(
  items: readonly Item[],
  limit: number | undefined,
): readonly Item[] {
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new CaaError(
      "invalid-argument",
      `limit: expected a whole number from 1 on, got ${limit}`,
    );
  }
  if (items.length === 0) {
    throw new CaaError("empty-selection", "items: expected at least one, got none");
  }
  return items.slice(0, limit);
}
