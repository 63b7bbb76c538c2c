import type { BehaviorName } from "@caa/datasets";
import type { CellType } from "@caa/eval";

/** The two models of which figures are published. */
export type ModelSize = "7b" | "13b";

/** What tells one figure from another. */
export interface CellKey {
  readonly type: CellType;
  readonly behavior: BehaviorName;
  readonly multiplier: number;
  /** The behavior's own system prompt; null for none. */
  readonly systemPrompt: "pos" | "neg" | null;
  /** Which answers the model was fine-tuned on; null for the model as it is. */
  readonly trained: "pos" | "neg" | null;
}

/** One published figure. */
export interface PublishedCell extends CellKey {
  /** In percent for tests with letters, from 0 to 10 for open-ended answers. */
  readonly value: number;
  /** Half a unit of the last digit that is published; 0 where all digits are. */
  readonly rounding: number;
  /** What was otherwise in the published run where it steered, in words; null for nothing that is known. */
  readonly steeredOtherwise: string | null;
}

export interface PublishedTable {
  readonly size: ModelSize;
  /** Where the figures stand in the original's repository. */
  readonly source: string;
  readonly type: CellType;
  readonly systemPrompt?: "pos" | "neg";
  readonly trained?: "pos" | "neg";
  readonly rounding: number;
  /** @default nothing that is known */
  readonly steeredOtherwise?: string;
  /** Of the columns. */
  readonly multipliers: readonly number[];
  readonly rows: Readonly<Partial<Record<BehaviorName, readonly number[]>>>;
}

/** The layer of every published figure. */
export const PUBLISHED_LAYER: Readonly<Record<ModelSize, number>> = { "7b": 13, "13b": 14 };
