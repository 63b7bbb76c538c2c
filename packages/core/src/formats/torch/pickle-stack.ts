import { MAX_MEMO, MAX_STACK } from "./limits.ts";
import type { PickleValue } from "./pickle-values.ts";
import { broken, refused } from "./refuse.ts";

const EMPTY = "its pickle takes a value from an empty stack";

/** The stack of a pickle with its marks, and the memo; both bounded. */
export class PickleStack {
  readonly #values: PickleValue[] = [];
  /** Heights at which a mark lies. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  get height(): number {
    return this.#values.length;
  }

  push(value: PickleValue): void {
    this.#values.push(value);
    this.#checkHeight();
  }

  mark(): void {
    this.#marks.push(this.#values.length);
    this.#checkHeight();
  }

  /** The topmost value, left where it is. */
  top(): PickleValue {
    const value = this.#values.at(-1);
    if (value === undefined || this.#values.length === this.#marks.at(-1)) {
      throw broken(EMPTY);
    }
    return value;
  }

  pop(): PickleValue {
    const value = this.top();
    this.#values.pop();
    return value;
  }

  /** The topmost values, the lowest first. */
  popMany(count: number): PickleValue[] {
    const from = this.#values.length - count;
    if (from < (this.#marks.at(-1) ?? 0)) {
      throw broken(EMPTY);
    }
    return this.#values.splice(from);
  }

  /** The values above the last mark, which goes with them. */
  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) {
      throw broken("its pickle has no mark where one is expected");
    }
    return this.#values.splice(mark);
  }

  /** Keeps the topmost value under a number; the next free one for none. */
  put(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top());
    if (this.#memo.size > MAX_MEMO) {
      throw refused(`its pickle keeps more than ${MAX_MEMO} values`);
    }
  }

  get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) {
      throw broken(`its pickle asks for value ${index}, which it did not keep`);
    }
    this.push(value);
  }

  #checkHeight(): void {
    if (this.#values.length + this.#marks.length > MAX_STACK) {
      throw refused(`its pickle has more than ${MAX_STACK} values on the stack`);
    }
  }
}
