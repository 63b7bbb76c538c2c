import type { DirectionProbe } from "../behaviors/direction-probe.ts";
import type { Problem } from "../read/problem.ts";
import type { SetEntry } from "./manifest.ts";
import type { OutputFile } from "./write-set.ts";

/** What became of a set, before it is written. */
export interface ProcessedSet {
  readonly files: readonly OutputFile[];
  /** All of its manifest entry but the files. */
  readonly entry: Omit<SetEntry, "files">;
  readonly unusable: readonly Problem[];
  /** Of behaviors: what the texts say of the declared direction, as the raw set has it. */
  readonly probe: DirectionProbe | null;
  /** What to know about it, in words. */
  readonly notes: readonly string[];
}
