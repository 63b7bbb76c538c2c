import { CONTRIB, type Value } from "../../graph/graph-builder.ts";
import { floatAttribute, rule, type Rule, sumToShape, wholeAttribute } from "./rule.ts";

/** Operators that mix the elements along an axis. */
export const normalizationRules: Readonly<Record<string, Rule>> = {
  // da = y (dy - sum(dy y))
  Softmax: rule(({ tape, node, y, dy }) => [
    () => {
      const axis = wholeAttribute(node, "axis", -1);
      return tape.mul(y, tape.sub(dy, tape.sumAlong(tape.mul(dy, y), axis)));
    },
  ]),

  // da = dy - e^y sum(dy)
  LogSoftmax: rule(({ tape, node, y, dy }) => [
    () => {
      const sum = tape.sumAlong(dy, wholeAttribute(node, "axis", -1));
      return tape.sub(dy, tape.mul(tape.op("Exp", [y]), sum));
    },
  ]),

  // y = w n, n = a r, r = 1 / sqrt(mean(a²) + epsilon): with g = dy w, da = r (g - n mean(g n)) and dw = dy n, summed
  RMSNormalization: rule(({ tape, node, a, b: w, dy }) => {
    const axis = wholeAttribute(node, "axis", -1);
    const epsilon = tape.float(floatAttribute(node, "epsilon", 1e-5));
    let root: Value | undefined; // both gradients need it
    const inverseRoot = (): Value => {
      const square = (): Value => tape.add(tape.meanAlong(tape.mul(a, a), axis), epsilon);
      root ??= tape.op("Reciprocal", [tape.op("Sqrt", [square()])]);
      return root;
    };
    return [
      () => {
        const r = inverseRoot();
        const n = tape.mul(a, r);
        const g = tape.mul(dy, w);
        const along = tape.meanAlong(tape.mul(g, n), axis);
        return tape.mul(r, tape.sub(g, tape.mul(n, along)));
      },
      () => sumToShape(tape, tape.mul(dy, tape.mul(a, inverseRoot())), w),
    ];
  }),

  // A rotation: its transpose is the rotation by the opposite angles.
  RotaryEmbedding: rule(({ tape, node, b: positions, c: cos, dy }) => {
    const sin = node.inputs[3] ?? "";
    const back = (): Value =>
      tape.op(
        "RotaryEmbedding",
        [dy, positions, cos, tape.op("Neg", [sin])],
        node.attributes,
        CONTRIB,
      );
    return [back, null, null, null];
  }),
};
