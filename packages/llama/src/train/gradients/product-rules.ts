import type { Value } from "../../graph/graph-builder.ts";
import { floatAttribute, rule, type Rule, sumToShape, wholeAttribute } from "./rule.ts";
import type { Tape } from "./tape.ts";

/** Matrix products. */
export const productRules: Readonly<Record<string, Rule>> = {
  // y = a b, over leading axes that may be repeated: da = dy bᵀ, db = aᵀ dy
  MatMul: rule(({ tape, a, b, dy }) => [
    () => sumToShape(tape, tape.product(dy, b, 0, 1), a),
    () => sumToShape(tape, tape.product(a, dy, 1, 0), b),
  ]),

  // y = alpha a' b', a' and b' perhaps transposed over their last two axes
  FusedMatMul: rule(({ tape, node, a, b, dy }) => {
    const alpha = floatAttribute(node, "alpha", 1);
    const multiply: Multiply = (left, right, transA, transB) =>
      tape.product(left, right, transA, transB, alpha);
    const { da, db } = factors(multiply, a, b, dy, {
      transA: wholeAttribute(node, "transA", 0),
      transB: wholeAttribute(node, "transB", 0),
    });
    return [() => sumToShape(tape, da(), a), () => sumToShape(tape, db(), b)];
  }),

  // y = alpha a' b' + beta c, matrices
  Gemm: rule(({ tape, node, a, b, c, dy }) => {
    const alpha = floatAttribute(node, "alpha", 1);
    const beta = floatAttribute(node, "beta", 1);
    const { da, db } = factors(gemm(tape, alpha), a, b, dy, {
      transA: wholeAttribute(node, "transA", 0),
      transB: wholeAttribute(node, "transB", 0),
    });
    const dc = (): Value => sumToShape(tape, beta === 1 ? dy : tape.mul(dy, tape.float(beta)), c);
    return [da, db, dc];
  }),
};

type Multiply = (left: Value, right: Value, transA: number, transB: number) => Value;

function gemm(tape: Tape, alpha: number): Multiply {
  return (left, right, transA, transB) =>
    tape.op("Gemm", [left, right], { transA, transB, alpha: { float: alpha } });
}

/** `y = a' b'`: `da' = dy b'ᵀ`, `db' = a'ᵀ dy`, and the transposes of these where a or b was transposed. */
function factors(
  multiply: Multiply,
  a: Value,
  b: Value,
  dy: Value,
  { transA, transB }: { readonly transA: number; readonly transB: number },
): { readonly da: () => Value; readonly db: () => Value } {
  return {
    da: () => (transA === 1 ? multiply(b, dy, transB, 1) : multiply(dy, b, 0, 1 - transB)),
    db: () => (transB === 1 ? multiply(dy, a, 1, transA) : multiply(a, dy, 1 - transA, 0)),
  };
}
