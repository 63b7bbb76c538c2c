import type { Value } from "../../graph/graph-builder.ts";
import { type Precision, Weights, type WeightTable } from "../../graph/weights.ts";
import type { Tape } from "../gradients/tape.ts";
import type { Adapter } from "./trainable.ts";

/** The weights of a checkpoint in training, with low-rank adapters beside some of its projections. */
export class AdaptedWeights extends Weights {
  readonly #tape: Tape;
  readonly #adapters: ReadonlyMap<string, Adapter>;
  readonly #padding: number | null;

  /** @param padding a token whose row of the embeddings gets no gradient where it is read, as `torch.nn.Embedding` has it */
  constructor(
    tape: Tape,
    table: WeightTable,
    precision: Precision,
    adapters: ReadonlyMap<string, Adapter>,
    padding: number | null,
  ) {
    super(tape, table, precision);
    this.#tape = tape;
    this.#adapters = adapters;
    this.#padding = padding;
  }

  override embedding(ids: Value, prefix: string): Value {
    const tape = this.#tape;
    const rows = super.embedding(ids, prefix);
    if (this.#padding === null) {
      return rows;
    }
    const isPadding = tape.op("Equal", [ids, tape.ints(this.#padding)]);
    const column = tape.op("Unsqueeze", [isPadding, tape.ints(1)]); // (N, 1)
    return tape.op("Where", [column, tape.detach(rows), rows]);
  }

  /** `x Wᵀ + b + scale (x Aᵀ) Bᵀ` */
  override linear(x: Value, prefix: string): Value {
    const product = super.linear(x, prefix);
    const adapter = this.#adapters.get(prefix);
    if (adapter === undefined) {
      return product;
    }
    const tape = this.#tape;
    const input = ({ name, shape }: Adapter["down"]): Value => tape.parameter(name, shape);
    const narrow = tape.op("Gemm", [x, input(adapter.down)], { transB: 1 }); // (N, rank)
    const wide = tape.op("Gemm", [narrow, input(adapter.up)], {
      transB: 1,
      alpha: { float: adapter.scale },
    });
    return tape.add(product, wide);
  }
}
