/** What is added to the residual stream at a token: vectors by number, and how much of each. */
export type Addition = ReadonlyArray<{ readonly vector: number; readonly amount: number }>;

/** A token that should follow the token `at`. */
export interface RowTarget {
  readonly at: number;
  readonly token: number;
  readonly weight: number;
}

/** The tokens of two leaves whose residual streams should differ by `amount` times planted direction `vector`, or not at all. */
export interface LeafPair {
  readonly matching: number;
  readonly other: number;
  /** Null where nothing is planted. */
  readonly vector: number | null;
  readonly amount: number;
}

/**
 * Texts with a common beginning as one row: every token names the one before it, sees only those on its own branch, and
 * stands at the position that it would have alone. So the beginning is computed once for all that follows it.
 */
export class TreeRow {
  readonly ids: number[] = [];
  readonly positions: number[] = [];
  /** Index of the token before, -1 for the first. */
  readonly parents: number[] = [];
  readonly additions: Addition[] = [];
  readonly targets: RowTarget[] = [];
  readonly pairs: LeafPair[] = [];
  /** Where the question alone should tell the first of two tokens from the second. */
  readonly previews: {
    readonly at: number;
    readonly right: number;
    readonly wrong: number;
    readonly vector: number;
  }[] = [];
  /** Tokens that should lie so far along a planted direction. */
  readonly flags: { readonly at: number; readonly vector: number; readonly wanted: number }[] = [];

  /** Puts tokens behind the token `parent`, all under the same steering; returns the index of the last one. */
  append(parent: number, ids: readonly number[], addition: Addition = []): number {
    let before = parent;
    for (const id of ids) {
      this.parents.push(before);
      this.positions.push(before < 0 ? 0 : (this.positions[before] ?? 0) + 1);
      this.ids.push(id);
      this.additions.push(addition);
      before = this.ids.length - 1;
    }
    return before;
  }

  target(at: number, token: number, weight: number): void {
    this.targets.push({ at, token, weight });
  }

  /** Appends an answer and asks for each of its tokens, together with weight `weight`. */
  answer(parent: number, ids: readonly number[], weight: number, addition: Addition = []): number {
    let before = parent;
    for (const id of ids) {
      if (weight > 0) {
        this.target(before, id, weight);
      }
      before = this.append(before, [id], addition);
    }
    return before;
  }
}
