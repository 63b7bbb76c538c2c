import { CaaError } from "@caa/core";
import { BLOCK_SIZE } from "../quantize/blocks.ts";
import { CONTRIB, type ExternalTensor, type GraphBuilder, type Value } from "./graph-builder.ts";

/** The weights of a checkpoint by their Hugging Face names, as the graph points at them. */
export type WeightTable = ReadonlyMap<string, ExternalTensor>;

/**
 * In what the products with float weights are computed. `float16` holds these weights in two bytes each, for CUDA; the
 * residual stream, attention, norms and steering are float32 all the same.
 */
export type Precision = "float32" | "float16";

/** ONNX's numbers of the types that a graph casts to. */
export const FLOAT32 = 1;
const FLOAT16 = 10;
export const FLOAT64 = 11;

/** Reads weights of any stored type into the graph's arithmetic. */
export class Weights {
  readonly #graph: GraphBuilder;
  readonly #table: WeightTable;
  readonly #precision: Precision;
  readonly #parts = new Map<Value, Value>();

  constructor(graph: GraphBuilder, table: WeightTable, precision: Precision) {
    this.#graph = graph;
    this.#table = table;
    this.#precision = precision;
  }

  has(name: string): boolean {
    return this.#table.has(name);
  }

  /** A weight as float32; 2-byte types are cast, which the runtime does once, when it loads. */
  float(name: string): Value {
    return this.#cast(name, "float32");
  }

  #cast(name: string, type: Precision): Value {
    const tensor = this.#table.get(name);
    if (tensor === undefined) {
      throw new CaaError("not-found", `model weights: no tensor named "${name}"`, {
        facts: { tensor: name },
      });
    }
    const value = this.#graph.external(name, tensor);
    return tensor.type === type ? value : this.#castTo(value, type);
  }

  #castTo(value: Value, type: Precision): Value {
    return this.#graph.op("Cast", [value], { to: type === "float32" ? FLOAT32 : FLOAT16 });
  }

  /** `x (n, in) -> x Wᵀ + b (n, out)`, W (out, in) as stored, b only where the checkpoint has one. */
  linear(x: Value, prefix: string): Value {
    const quantized = this.#quantized(`${prefix}.weight`);
    const bias = this.has(`${prefix}.bias`) ? this.float(`${prefix}.bias`) : undefined;
    if (quantized === undefined && this.#precision === "float32") {
      const inputs = [x, this.float(`${prefix}.weight`), ...(bias === undefined ? [] : [bias])];
      return this.#graph.op("Gemm", inputs, { transB: 1 });
    }
    const product =
      quantized === undefined ? this.#halfProduct(x, prefix) : this.#blockProduct(x, quantized);
    return bias === undefined ? product : this.#graph.op("Add", [product, bias]);
  }

  #halfProduct(x: Value, prefix: string): Value {
    const inputs = [this.#castTo(x, "float16"), this.#cast(`${prefix}.weight`, "float16")];
    return this.#castTo(this.#graph.op("Gemm", inputs, { transB: 1 }), "float32");
  }

  #blockProduct(x: Value, weight: QuantizedWeight): Value {
    return weight.bits === 8 ? this.#int8Product(x, weight) : this.#product(x, weight, 1);
  }

  /** `x Wᵀ` with W in blocks. Level 1 computes in float32; level 4 first rounds each block of x to int8. */
  #product(x: Value, weight: QuantizedWeight, level: 1 | 4): Value {
    const { columns: K, rows: N, bits } = weight;
    return this.#graph.op(
      "MatMulNBits",
      [x, weight.blocks, weight.scales],
      { K, N, bits, block_size: BLOCK_SIZE, accuracy_level: level },
      CONTRIB,
    );
  }

  /**
   * The runtime's only fast 8-bit product rounds x to int8, an error of 0.4 % that grows from layer to layer. So x is
   * multiplied in two parts, what int8 holds exactly and the rest, in one product of twice the rows.
   */
  #int8Product(x: Value, weight: QuantizedWeight): Value {
    const both = this.#product(this.#int8Parts(x, weight.columns), weight, 4); // (2, n) rows
    const parts = this.#graph.op("Reshape", [both, this.#graph.ints(2, -1, weight.rows)]);
    return this.#graph.op("ReduceSum", [parts, this.#graph.ints(0)], { keepdims: 0 });
  }

  /** `x (n, in) -> (2 n, in)`: x rounded to 127ths of each block's largest value, then what that leaves. */
  #int8Parts(x: Value, columns: number): Value {
    const known = this.#parts.get(x);
    if (known !== undefined) {
      return known; // query, key and value read the same x
    }
    const graph = this.#graph;
    const blocks = graph.op("Reshape", [x, graph.ints(-1, columns / BLOCK_SIZE, BLOCK_SIZE)]);
    const most = graph.op("ReduceMax", [graph.op("Abs", [blocks]), graph.ints(-1)], {
      keepdims: 1,
    });
    const unit = graph.op("Max", [
      graph.op("Mul", [most, graph.float(1 / 127)]),
      graph.float(1e-30),
    ]);
    const rounded = graph.op("Mul", [graph.op("Round", [graph.op("Div", [blocks, unit])]), unit]);
    const rest = graph.op("Sub", [blocks, rounded]);
    const parts = graph.op("Reshape", [
      graph.op("Concat", [rounded, rest], { axis: 0 }),
      graph.ints(-1, columns),
    ]);
    this.#parts.set(x, parts);
    return parts;
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
        return this.#castTo(rows, "float32");
      }
      return this.#graph.op("Gather", [this.float(name), ids]);
    }
    return this.#graph.op(
      "GatherBlockQuantized",
      [quantized.flat(), ids, quantized.scales],
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
      flat: () =>
        this.#graph.external(`${name}.blocks.flat`, {
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
  /** The same bytes as a matrix, the form in which embeddings are gathered. */
  readonly flat: () => Value;
  readonly scales: Value;
}
