import { floatAttribute, rule, type Rule, sumToShape } from "./rule.ts";

/** Operators that work element by element; two operands may be of different shapes (broadcasting). */
export const elementwiseRules: Readonly<Record<string, Rule>> = {
  Identity: rule(({ dy }) => [() => dy]),

  // y = a + b
  Add: rule(({ tape, a, b, dy }) => [() => sumToShape(tape, dy, a), () => sumToShape(tape, dy, b)]),

  // y = a - b
  Sub: rule(({ tape, a, b, dy }) => [
    () => sumToShape(tape, dy, a),
    () => sumToShape(tape, tape.op("Neg", [dy]), b),
  ]),

  // y = a b
  Mul: rule(({ tape, a, b, dy }) => [
    () => sumToShape(tape, tape.mul(dy, b), a),
    () => sumToShape(tape, tape.mul(dy, a), b),
  ]),

  // y = a / b: da = dy / b, db = -dy y / b
  Div: rule(({ tape, a, b, y, dy }) => [
    () => sumToShape(tape, tape.div(dy, b), a),
    () => sumToShape(tape, tape.op("Neg", [tape.div(tape.mul(dy, y), b)]), b),
  ]),

  // y = a^p with a constant p: da = dy p a^(p - 1)
  Pow: rule(({ tape, a, b, dy }) => [
    () => tape.mul(dy, tape.mul(b, tape.op("Pow", [a, tape.sub(b, tape.float(1))]))),
    null,
  ]),

  Neg: rule(({ tape, dy }) => [() => tape.op("Neg", [dy])]),

  Exp: rule(({ tape, y, dy }) => [() => tape.mul(dy, y)]),

  Log: rule(({ tape, a, dy }) => [() => tape.div(dy, a)]),

  // y = sqrt(a): da = dy / (2 y)
  Sqrt: rule(({ tape, y, dy }) => [() => tape.div(dy, tape.mul(tape.float(2), y))]),

  // y = 1 / (1 + e^-a): da = dy y (1 - y)
  Sigmoid: rule(({ tape, y, dy }) => [() => tape.mul(dy, tape.mul(y, tape.sub(tape.float(1), y)))]),

  // y = a s, s = sigmoid(k a): da = dy s (1 + k (a - y)); k = 1 is SiLU
  QuickGelu: rule(({ tape, node, a, y, dy }) => [
    () => {
      const k = tape.float(floatAttribute(node, "alpha", 1.702));
      const s = tape.op("Sigmoid", [tape.mul(k, a)]);
      const slope = tape.add(tape.float(1), tape.mul(k, tape.sub(a, y)));
      return tape.mul(dy, tape.mul(s, slope));
    },
  ]),

  // y = a where the condition holds, else b
  Where: rule(({ tape, a: condition, b, c, dy }) => [
    null,
    () => sumToShape(tape, tape.op("Where", [condition, dy, tape.float(0)]), b),
    () => sumToShape(tape, tape.op("Where", [condition, tape.float(0), dy]), c),
  ]),

  Cast: rule(({ tape, a, dy }) => [() => tape.op("CastLike", [dy, a])]),
};
