import type { Value } from "../../graph/graph-builder.ts";
import type { Tape, TapeNode } from "./tape.ts";

/**
 * How gradients pass one operator: from the gradients of a node's outputs (undefined where the loss does not read one)
 * to a function for each input that appends the nodes of its gradient. Null where the operator has no derivative in an
 * input, such as indices.
 */
export type Rule = (
  tape: Tape,
  node: TapeNode,
  outputGradients: ReadonlyArray<Value | undefined>,
) => ReadonlyArray<(() => Value) | null>;

/** What the rule of an operator with one output needs. */
export interface Step {
  readonly tape: Tape;
  readonly node: TapeNode;
  /** The inputs, "" where left out. */
  readonly a: Value;
  readonly b: Value;
  readonly c: Value;
  /** The output and its gradient. */
  readonly y: Value;
  readonly dy: Value;
}

/** A rule of an operator with one output. */
export function rule(write: (step: Step) => ReadonlyArray<(() => Value) | null>): Rule {
  return (tape, node, [dy = ""]) => {
    const [a = "", b = "", c = ""] = node.inputs;
    return write({ tape, node, a, b, c, y: node.outputs[0] ?? "", dy });
  };
}

/** A whole number among the node's attributes. */
export function wholeAttribute(node: TapeNode, name: string, byDefault: number): number {
  const value = node.attributes[name];
  return typeof value === "number" ? value : byDefault;
}

/** A float among the node's attributes. */
export function floatAttribute(node: TapeNode, name: string, byDefault: number): number {
  const value = node.attributes[name];
  return typeof value === "object" && "float" in value ? value.float : byDefault;
}

/**
 * Sums `gradient` over the axes along which `operand` was repeated (ONNX broadcasting), so that it has the operand's
 * shape. Where the shapes are not known before the graph runs, the axes are those where the operand's shape, with ones
 * before, differs.
 */
export function sumToShape(tape: Tape, gradient: Value, operand: Value): Value {
  const leading = tape.shapes.leadingAxes(gradient, operand);
  if (leading === 0) {
    return gradient;
  }
  if (leading !== undefined) {
    const axes = tape.ints(...Array.from({ length: leading }, (_, axis) => axis));
    return tape.op("ReduceSum", [gradient, axes], { keepdims: 0 });
  }
  const target = tape.shape(operand);
  const shape = tape.shape(gradient);
  const missing = tape.sub(tape.shape(shape), tape.shape(target)); // (1): how many axes the operand lacks
  const ones = tape.op("Expand", [tape.ints(1), missing]);
  const padded = tape.op("Concat", [ones, target], { axis: 0 });
  const differs = tape.op("Not", [tape.op("Equal", [padded, shape])]);
  const axes = tape.op("Reshape", [tape.op("NonZero", [differs]), tape.ints(-1)]);
  const summed = tape.op("ReduceSum", [gradient, axes], { keepdims: 1, noop_with_empty_axes: 1 });
  return tape.op("Reshape", [summed, target], { allowzero: 1 });
}
