import { CaaError } from "@caa/core";
import { BLOCK_SIZE } from "../quantize/blocks.ts";
import { CONTRIB, type ExternalTensor, type GraphBuilder, type Value } from "./graph-builder.ts";

/** The weights of a checkpoint by their Hugging Face names, as the graph points at them. */
export type WeightTable = ReadonlyMap<string, ExternalTensor>;

/** Reads weights of any stored type into the graph's float32 arithmetic. */
export class Weights {
  readonly #graph: GraphBuilder;
  readonly #table: WeightTable;

  constructor(graph: GraphBuilder, table: WeightTable) {
    this.#graph = graph;
    this.#table = table;
  }

  has(name: string): boolean {
    return this.#table.has(name);
  }

  /** A weight as float32; 2-byte types are cast, which the runtime does once, when it loads. */
  float(name: string): Value {
    const tensor = this.#table.get(name);
    if (tensor === undefined) {
      throw new CaaError("not-found", `model weights: no tensor named "${name}"`, {
        facts: { tensor: name },
      });
    }
    const value = this.#graph.external(name, tensor);
    return tensor.type === "float32" ? value : this.#graph.op("Cast", [value], { to: 1 });
  }

  /** `x (n, in) -> x Wᵀ + b (n, out)`, W (out, in) as stored, b only where the checkpoint has one. */
  linear(x: Value, prefix: string): Value {
    const quantized = this.#quantized(`${prefix}.weight`);
    const bias = this.has(`${prefix}.bias`) ? this.float(`${prefix}.bias`) : undefined;
    if (quantized === undefined) {
      const inputs = [x, this.float(`${prefix}.weight`), ...(bias === undefined ? [] : [bias])];
      return this.#graph.op("Gemm", inputs, { transB: 1 });
    }
    const product = this.#graph.op(
      "MatMulNBits",
      [x, quantized.blocks, quantized.scales],
      // Level 4 rounds activations to int8; 8-bit blocks have no other fast kernel.
      {
        K: quantized.columns,
        N: quantized.rows,
        bits: quantized.bits,
        block_size: BLOCK_SIZE,
        accuracy_level: 4,
      },
      CONTRIB,
    );
    return bias === undefined ? product : this.#graph.op("Add", [product, bias]);
  }

  /** Rows of an embedding table: `ids (n) -> (n, d_model)`. */
  embedding(ids: Value, prefix: string): Value {
    const quantized = this.#quantized(`${prefix}.weight`);
    if (quantized === undefined) {
      const name = `${prefix}.weight`;
      const tensor = this.#table.get(name);
      if (tensor !== undefined && tensor.type === "float16") {
        // Gather first: only the rows that are used are cast, and the table stays in its file.
        const rows = this.#graph.op("Gather", [this.#graph.external(name, tensor), ids]);
        return this.#graph.op("Cast", [rows], { to: 1 });
      }
      return this.#graph.op("Gather", [this.float(name), ids]);
    }
    return this.#graph.op(
      "GatherBlockQuantized",
      [quantized.flat, ids, quantized.scales],
      { bits: quantized.bits, block_size: BLOCK_SIZE, gather_axis: 0, quantize_axis: 1 },
      CONTRIB,
    );
  }

  /** Blocks `(out, in / 32, bytes)` and scales `(out, in / 32)`, where the checkpoint holds them instead of floats. */
  #quantized(name: string): QuantizedWeight | undefined {
    const blocks = this.#table.get(`${name}.blocks`);
    if (blocks === undefined) {
      return undefined;
    }
    const [rows = 0, blockCount = 0, bytes = 0] = blocks.shape;
    return {
      rows,
      columns: blockCount * BLOCK_SIZE,
      bits: (bytes * 8) / BLOCK_SIZE,
      blocks: this.#graph.external(`${name}.blocks`, blocks),
      // The same bytes as a matrix, the form in which embeddings are gathered.
      flat: this.#graph.external(`${name}.blocks.flat`, {
        ...blocks,
        shape: [rows, blockCount * bytes],
      }),
      scales: this.float(`${name}.scales`),
    };
  }
}

interface QuantizedWeight {
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  readonly blocks: Value;
  readonly flat: Value;
  readonly scales: Value;
}
