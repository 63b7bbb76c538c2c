import {
  type Attribute,
  CONTRIB,
  type ExternalTensor,
  type ElementType,
  GraphBuilder,
  type Value,
} from "../../graph/graph-builder.ts";

import { Shapes } from "./shapes.ts";

/** A node as it was written down. */
export interface TapeNode {
  readonly opType: string;
  /** "" where an optional input is left out. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph builder that remembers its nodes, so that `gradients` can walk them backward. */
export class Tape extends GraphBuilder {
  readonly shapes = new Shapes();
  readonly #nodes: TapeNode[] = [];
  readonly #parameters: ReadonlySet<string>;
  readonly #inputs = new Set<Value>();
  readonly #detached = new Set<Value>();

  /** The weights named are inputs of the graph, float32, instead of constants in their files. */
  constructor(parameters: Iterable<string> = []) {
    super();
    this.#parameters = new Set(parameters);
  }

  get nodes(): readonly TapeNode[] {
    return this.#nodes;
  }

  protected override node(
    opType: string,
    inputs: readonly Value[],
    outputCount: number,
    attributes: Readonly<Record<string, Attribute>>,
    domain: string,
  ): Value[] {
    const outputs = super.node(opType, inputs, outputCount, attributes, domain);
    const node: TapeNode = { opType, inputs, outputs, attributes };
    this.#nodes.push(node);
    this.shapes.follow(node);
    return outputs;
  }

  override input(name: string, type: ElementType, shape: ReadonlyArray<number | string>): Value {
    this.shapes.declare(name, shape);
    return super.input(name, type, shape);
  }

  override ints(...values: readonly number[]): Value {
    const list = super.ints(...values);
    this.shapes.declareList(list, values);
    return list;
  }

  override float(value: number): Value {
    const scalar = super.float(value);
    this.shapes.declare(scalar, []);
    return scalar;
  }

  override int(value: number): Value {
    const scalar = super.int(value);
    this.shapes.declare(scalar, []);
    return scalar;
  }

  override external(name: string, tensor: ExternalTensor): Value {
    if (this.#parameters.has(name)) {
      return this.parameter(name, tensor.shape);
    }
    this.shapes.declare(name, tensor.shape);
    return super.external(name, tensor);
  }

  /** A float32 input of the graph, however often it is read. */
  parameter(name: string, shape: readonly number[]): Value {
    if (!this.#inputs.has(name)) {
      this.#inputs.add(name);
      this.input(name, "float32", shape);
    }
    return name;
  }

  /** Makes `value` a float32 output of the graph under the name `name`. */
  result(name: string, value: Value, shape: ReadonlyArray<number | string>): void {
    this.output(name, value, "float32", shape);
  }

  /** Parts of `value` along `axis`, of the sizes in the int64 tensor `sizes` (count). */
  split(value: Value, sizes: Value, count: number, axis: number): readonly Value[] {
    return this.node("Split", [value, sizes], count, { axis }, "");
  }

  /** The same value, through which no gradient goes back. */
  detach(value: Value): Value {
    const same = this.op("Identity", [value]);
    this.#detached.add(same);
    return same;
  }

  isDetached(value: Value): boolean {
    return this.#detached.has(value);
  }

  // Short names for the arithmetic of which gradients are made.

  add(a: Value, b: Value): Value {
    return this.op("Add", [a, b]);
  }

  sub(a: Value, b: Value): Value {
    return this.op("Sub", [a, b]);
  }

  mul(a: Value, b: Value): Value {
    return this.op("Mul", [a, b]);
  }

  div(a: Value, b: Value): Value {
    return this.op("Div", [a, b]);
  }

  /** int64 (rank) */
  shape(value: Value): Value {
    return this.op("Shape", [value]);
  }

  zerosLike(value: Value): Value {
    return this.op("ConstantOfShape", [this.shape(value)]);
  }

  reshapeLike(value: Value, like: Value): Value {
    return this.op("Reshape", [value, this.shape(like)], { allowzero: 1 });
  }

  /** Sum along one axis, which stays with size 1. */
  sumAlong(value: Value, axis: number): Value {
    return this.op("ReduceSum", [value, this.ints(axis)], { keepdims: 1 });
  }

  /** Mean along one axis, which stays with size 1. */
  meanAlong(value: Value, axis: number): Value {
    return this.op("ReduceMean", [value, this.ints(axis)], { keepdims: 1 });
  }

  /** Batched matrix product with either side transposed, times `alpha`. */
  product(a: Value, b: Value, transA: number, transB: number, alpha = 1): Value {
    return this.op("FusedMatMul", [a, b], { transA, transB, alpha: { float: alpha } }, CONTRIB);
  }
}
