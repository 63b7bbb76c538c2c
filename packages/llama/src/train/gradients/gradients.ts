import { CaaError } from "@caa/core";
import type { Value } from "../../graph/graph-builder.ts";
import { elementwiseRules } from "./elementwise-rules.ts";
import { normalizationRules } from "./normalization-rules.ts";
import { productRules } from "./product-rules.ts";
import type { Rule } from "./rule.ts";
import { shapeRules } from "./shape-rules.ts";
import type { Tape } from "./tape.ts";

const rules: Readonly<Record<string, Rule>> = {
  ...elementwiseRules,
  ...shapeRules,
  ...productRules,
  ...normalizationRules,
};

/** Operators that can be differentiated. */
export const DIFFERENTIABLE: readonly string[] = Object.keys(rules).sort();

/** Operators whose results do not change with small changes of their inputs. */
const flat = new Set(["ConstantOfShape", "Equal", "Greater", "Less", "Shape", "Size"]);

/**
 * Appends to the tape the nodes that compute `d loss / d v` for each value `v`, by the chain rule from the last node to
 * the first (reverse mode). `loss` is a scalar. Returns the gradient of each `v`, of the shape of `v`.
 *
 * Only nodes between a `v` and the loss are differentiated, so whatever lies before them costs nothing backward.
 *
 * @throws {CaaError} `unsupported` for an operator without a rule on such a path, `invalid-argument` when the loss does
 * not depend on a `v`
 * @see Baydin et al. 2018, "Automatic Differentiation in Machine Learning: a Survey", section 3.2
 */
export function gradients(
  tape: Tape,
  loss: Value,
  values: readonly Value[],
): ReadonlyMap<Value, Value> {
  const nodes = [...tape.nodes];
  const varying = new Set(values);
  for (const { opType, inputs, outputs } of nodes) {
    if (!flat.has(opType) && inputs.some((input) => varying.has(input))) {
      outputs.filter((output) => !tape.isDetached(output)).forEach((output) => varying.add(output));
    }
  }

  const gradientOf = new Map<Value, Value>([[loss, tape.float(1)]]);
  for (const node of nodes.toReversed()) {
    const outputGradients = node.outputs.map((output) => gradientOf.get(output));
    if (
      outputGradients.every((gradient) => gradient === undefined) ||
      !node.outputs.some((output) => varying.has(output))
    ) {
      continue;
    }
    const byInput = ruleOf(node.opType)(tape, node, outputGradients);
    node.inputs.forEach((input, i) => {
      if (!varying.has(input)) {
        return;
      }
      const gradient = byInput[i]?.();
      if (gradient === undefined) {
        throw new CaaError(
          "unsupported",
          `gradients: ${node.opType} cannot be differentiated in its input ${i}`,
        );
      }
      tape.shapes.copy(gradient, input);
      const before = gradientOf.get(input);
      gradientOf.set(input, before === undefined ? gradient : tape.add(before, gradient));
    });
  }

  return new Map(
    values.map((value) => {
      const gradient = gradientOf.get(value);
      if (gradient === undefined) {
        throw new CaaError(
          "invalid-argument",
          `gradients: the loss should depend on "${value}", it does not`,
        );
      }
      return [value, gradient];
    }),
  );
}

function ruleOf(opType: string): Rule {
  const rule = rules[opType];
  if (rule === undefined) {
    throw new CaaError(
      "unsupported",
      `gradients: operator ${opType} cannot be differentiated; those that can: ${DIFFERENTIABLE.join(", ")}`,
    );
  }
  return rule;
}
