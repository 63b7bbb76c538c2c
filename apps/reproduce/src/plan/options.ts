import type { BehaviorName } from "@caa/datasets";
import type { CellType } from "@caa/eval";
import type { ModelSize } from "../published/table.ts";

/** What is run, and on what. */
export interface ReproduceOptions {
  /** As it was asked for. */
  readonly model: string;
  /** Whose published figures stand beside ours. */
  readonly size: ModelSize;
  /** Whether `model` is the published one of that size. */
  readonly published: boolean;
  readonly layer: number;
  readonly data: string;
  /** Folder of everything that is written. */
  readonly out: string;
  readonly behaviors: readonly BehaviorName[];
  readonly tests: readonly CellType[];
  /** A folder of the original's own vectors; null to make them. */
  readonly originalVectors: string | null;
  readonly originalPrompts: boolean;
  readonly fineTuning: boolean;
  readonly limit: number | null;
  /** Null: open-ended answers are not judged. */
  readonly judge: { readonly model: string; readonly baseUrl: string | null } | null;
  readonly runtime: RuntimeOptions;
}

/** How a model is opened, as commands take it. */
export interface RuntimeOptions {
  readonly device?: string | undefined;
  readonly dtype?: string | undefined;
  readonly threads?: number | undefined;
}
