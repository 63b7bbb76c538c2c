import { CaaError } from "@caa/core";
import type { Value } from "../../graph/graph-builder.ts";
import { rule, type Rule, type Step, sumToShape, wholeAttribute } from "./rule.ts";

/** The other way of any operator that only changes the shape. */
const reshapeBack = rule(({ tape, a, dy }) => [() => tape.reshapeLike(dy, a), null]);

/** Operators that move, choose, join or sum elements. */
export const shapeRules: Readonly<Record<string, Rule>> = {
  Reshape: reshapeBack,
  Squeeze: reshapeBack,
  Unsqueeze: reshapeBack,

  Expand: rule(({ tape, a, dy }) => [() => sumToShape(tape, dy, a), null]),

  Transpose: rule(({ tape, node, dy }) => {
    const order = node.attributes["perm"];
    if (typeof order !== "object" || "float" in order) {
      throw new CaaError("unsupported", "gradients: Transpose should name its order, it does not");
    }
    return [
      () => tape.op("Transpose", [dy], { perm: order.map((_, axis) => order.indexOf(axis)) }),
    ];
  }),

  Concat: (tape, node, [dy = ""]) => {
    const axis = wholeAttribute(node, "axis", 0);
    let parts: readonly Value[] | undefined;
    return node.inputs.map((_, i) => () => {
      parts ??= tape.split(
        dy,
        tape.op(
          "Concat",
          node.inputs.map((input) => tape.op("Gather", [tape.shape(input), tape.ints(axis)])),
          { axis: 0 },
        ),
        node.inputs.length,
        axis,
      );
      return parts[i] ?? "";
    });
  },

  Split: (tape, node, gradients) => [
    () =>
      tape.op(
        "Concat",
        node.outputs.map((output, i) => gradients[i] ?? tape.zerosLike(output)),
        { axis: wholeAttribute(node, "axis", 0) },
      ),
    null,
  ],

  // The same slice of the elements' numbers says where each element of dy goes.
  Slice: rule(({ tape, node, a, dy }) => [
    () => {
      const size = tape.op("Size", [a]);
      const numbers = tape.op("Range", [tape.int(0), size, tape.int(1)]);
      const chosen = tape.op("Slice", [tape.reshapeLike(numbers, a), ...node.inputs.slice(1)]);
      const flat = (value: Value): Value => tape.op("Reshape", [value, tape.ints(-1)]);
      const zeros = tape.op("ConstantOfShape", [tape.op("Reshape", [size, tape.ints(1)])]);
      return tape.reshapeLike(tape.op("ScatterElements", [zeros, flat(chosen), flat(dy)]), a);
    },
    null,
    null,
    null,
    null,
  ]),

  // Rows of a, some perhaps more than once: their gradients are added up, one after the other. ScatterND would be shorter,
  // but the runtime's adds on several threads at once and loses some of the rows that meet in one place.
  Gather: rule(({ tape, node, a, b: indices, dy }) => {
    if (wholeAttribute(node, "axis", 0) !== 0) {
      throw new CaaError("unsupported", "gradients: Gather should be along axis 0");
    }
    return [
      () => {
        const rows = tape.op("Flatten", [tape.zerosLike(a)], { axis: 1 });
        const width = tape.op("Gather", [tape.shape(rows), tape.ints(1)]);
        const shape = tape.op("Concat", [tape.ints(-1), width], { axis: 0 });
        const added = tape.op("Reshape", [dy, shape]);
        const column = tape.op("Reshape", [indices, tape.ints(-1, 1)]);
        const places = tape.op("Expand", [column, tape.shape(added)]);
        const sums = tape.op("ScatterElements", [rows, places, added], {
          axis: 0,
          reduction: "add",
        });
        return tape.reshapeLike(sums, a);
      },
      null,
    ];
  }),

  GatherElements: rule(({ tape, node, a, b: indices, dy }) => [
    () =>
      tape.op("ScatterElements", [tape.zerosLike(a), indices, dy], {
        axis: wholeAttribute(node, "axis", 0),
        reduction: "add",
      }),
    null,
  ]),

  ReduceSum: rule((step) => [() => repeat(step), null]),

  ReduceMean: rule((step) => [
    () => {
      const { tape, a, y } = step;
      const count = tape.op("Div", [tape.op("Size", [a]), tape.op("Size", [y])]);
      return tape.div(repeat(step), tape.op("CastLike", [count, a]));
    },
    null,
  ]),
};

/** The gradient of a sum, given to each element summed. */
function repeat({ tape, node, a, b: axes, dy }: Step): Value {
  const kept = wholeAttribute(node, "keepdims", 1) === 1 || axes === "";
  return tape.op("Expand", [kept ? dy : tape.op("Unsqueeze", [dy, axes]), tape.shape(a)]);
}
