import type { LlamaConfig } from "../config/llama-config.ts";
import type { KeyValues } from "./forward-pass.ts";

/** Positions are added in blocks, so that the cache is laid out anew only once a block. */
const BLOCK = 64;

/** The keys and values of all rows of a batch, as the graph reads them: each (rows, kv heads, capacity, head_dim). */
export class KeyValueCache {
  readonly #heads: number;
  readonly #headSize: number;
  readonly #layers: number;
  #rows: number;
  #capacity: number;
  #keys: Float32Array[];
  #values: Float32Array[];

  constructor(config: LlamaConfig, rows: number, length: number) {
    this.#heads = config.num_key_value_heads;
    this.#headSize = config.head_dim;
    this.#layers = config.num_hidden_layers;
    this.#rows = rows;
    this.#capacity = Math.ceil(length / BLOCK) * BLOCK;
    this.#keys = this.#allocate();
    this.#values = this.#allocate();
  }

  get contents(): KeyValues {
    return { keys: this.#keys, values: this.#values, length: this.#capacity };
  }

  /** Writes the new rows of `from` (all its tokens, its row `sourceRow`) into `row` from position `at` on. */
  write(from: KeyValues, sourceRow: number, row: number, at: number, count: number): void {
    this.#grow(at + count);
    const stride = from.length * this.#headSize;
    const copy = (target: Float32Array, source: Float32Array): void => {
      for (let head = 0; head < this.#heads; head++) {
        const start = (sourceRow * this.#heads + head) * stride;
        target.set(
          source.subarray(start, start + count * this.#headSize),
          ((row * this.#heads + head) * this.#capacity + at) * this.#headSize,
        );
      }
    };
    this.#keys.forEach((target, layer) => copy(target, from.keys[layer] ?? target));
    this.#values.forEach((target, layer) => copy(target, from.values[layer] ?? target));
  }

  /** Keeps only these rows, in this order. */
  keep(rows: readonly number[]): void {
    const size = this.#heads * this.#capacity * this.#headSize;
    const select = (source: Float32Array): Float32Array => {
      const target = new Float32Array(rows.length * size);
      rows.forEach((row, i) => target.set(source.subarray(row * size, (row + 1) * size), i * size));
      return target;
    };
    this.#keys = this.#keys.map(select);
    this.#values = this.#values.map(select);
    this.#rows = rows.length;
  }

  #grow(length: number): void {
    if (length <= this.#capacity) {
      return;
    }
    const old = { keys: this.#keys, values: this.#values, capacity: this.#capacity };
    this.#capacity = Math.ceil(length / BLOCK) * BLOCK;
    this.#keys = this.#allocate();
    this.#values = this.#allocate();
    const move = (target: Float32Array, source: Float32Array): void => {
      const size = old.capacity * this.#headSize;
      for (let block = 0; block < this.#rows * this.#heads; block++) {
        target.set(
          source.subarray(block * size, (block + 1) * size),
          block * this.#capacity * this.#headSize,
        );
      }
    };
    this.#keys.forEach((target, layer) => move(target, old.keys[layer] ?? target));
    this.#values.forEach((target, layer) => move(target, old.values[layer] ?? target));
  }

  #allocate(): Float32Array[] {
    const size = this.#rows * this.#heads * this.#capacity * this.#headSize;
    return Array.from({ length: this.#layers }, () => new Float32Array(size));
  }
}
