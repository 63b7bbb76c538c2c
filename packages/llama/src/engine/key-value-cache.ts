import type { LlamaConfig } from "../config/llama-config.ts";
import type { KeyValues } from "./forward-pass.ts";

/** Positions are added in blocks, so that the cache is laid out anew only once a block. */
const BLOCK = 64;

/** How many positions a sequence of `length` takes in the cache. */
function cachedPositions(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}

/**
 * The keys and values of the rows of a batch, as the graph reads them: each (rows, kv heads, positions, head_dim). A row that
 * goes makes room at once: the last one takes its place, and the graph reads the shorter array.
 */
export class KeyValueCache {
  readonly #heads: number;
  readonly #headSize: number;
  readonly #maxRows: number;
  #rows: number;
  #positions = 0;
  #keys: readonly Float32Array[];
  #values: readonly Float32Array[];

  /**
   * @param options.maxRows most rows at a time @default `rows`
   * @param options.rows rows at the start, without contents
   */
  constructor(
    config: LlamaConfig,
    { rows, maxRows = rows }: { readonly rows: number; readonly maxRows?: number },
  ) {
    this.#heads = config.num_key_value_heads;
    this.#headSize = config.head_dim;
    this.#maxRows = maxRows;
    this.#rows = rows;
    this.#keys = Array.from({ length: config.num_hidden_layers }, () => new Float32Array());
    this.#values = this.#keys;
  }

  /** Positions behind the end of a row hold anything: mask them. */
  get contents(): KeyValues {
    const size = this.#rows * this.#rowSize;
    const used = (array: Float32Array): Float32Array => array.subarray(0, size);
    return { keys: this.#keys.map(used), values: this.#values.map(used), length: this.#positions };
  }

  /** Adds a row behind the others, without contents, and returns its index. */
  addRow(): number {
    return this.#rows++;
  }

  /** Takes a row out; the last one gets its index. */
  removeRow(row: number): void {
    this.#rows -= 1;
    const size = this.#rowSize;
    for (const array of [...this.#keys, ...this.#values]) {
      array.copyWithin(row * size, this.#rows * size, (this.#rows + 1) * size);
    }
  }

  /** Makes room for rows of this length, and gives up what is far more than that. */
  fit(length: number): void {
    const positions = cachedPositions(length);
    if (positions > this.#positions || positions < this.#positions - BLOCK) {
      this.#layOut(positions);
    }
  }

  /**
   * Writes `count` tokens of `from`, from its row `sourceRow` and its token `first` on, into `row` from position `at` on.
   * @param first @default 0
   */
  write(
    from: KeyValues,
    sourceRow: number,
    row: number,
    at: number,
    count: number,
    first = 0,
  ): void {
    if (at + count > this.#positions) {
      this.#layOut(cachedPositions(at + count));
    }
    const size = this.#headSize;
    const copy = (target: Float32Array, source: Float32Array): void => {
      for (let head = 0; head < this.#heads; head++) {
        const start = ((sourceRow * this.#heads + head) * from.length + first) * size;
        target.set(
          source.subarray(start, start + count * size),
          ((row * this.#heads + head) * this.#positions + at) * size,
        );
      }
    };
    this.#keys.forEach((target, layer) => copy(target, from.keys[layer] ?? target));
    this.#values.forEach((target, layer) => copy(target, from.values[layer] ?? target));
  }

  get #rowSize(): number {
    return this.#heads * this.#positions * this.#headSize;
  }

  #layOut(positions: number): void {
    const kept = Math.min(positions, this.#positions) * this.#headSize;
    const [before, after] = [this.#positions * this.#headSize, positions * this.#headSize];
    const move = (source: Float32Array): Float32Array => {
      const target = new Float32Array(this.#maxRows * this.#heads * after);
      for (let block = 0; block < this.#rows * this.#heads; block++) {
        target.set(source.subarray(block * before, block * before + kept), block * after);
      }
      return target;
    };
    this.#keys = this.#keys.map(move);
    this.#values = this.#values.map(move);
    this.#positions = positions;
  }
}
