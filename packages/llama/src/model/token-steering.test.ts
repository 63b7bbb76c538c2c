import type { SteeringPositions } from "@caa/core";
import { describe, expect, test } from "vitest";
import type { LlamaConfig } from "../config/llama-config.ts";
import { SteeringCompiler, spanOfSteps } from "./token-steering.ts";

const config: Pick<LlamaConfig, "num_hidden_layers" | "hidden_size"> = {
  num_hidden_layers: 4,
  hidden_size: 3,
};
const vector = Float32Array.from([1, 2, 3]);

function compile(
  positions: SteeringPositions,
  length = 8,
  layer = 2,
  values = vector,
): readonly { from: number; to: number }[] {
  const step = {
    name: "sycophancy",
    layer,
    vector: values,
    multiplier: 1,
    operation: "add" as const,
    positions,
  };
  return new SteeringCompiler(config).compile([step], 5, length);
}

describe("SteeringCompiler", () => {
  test("marker includes the last token of the marker, after-marker does not", () => {
    expect(compile("marker")[0]).toMatchObject({ from: 5, to: 7 });
    expect(compile("after-marker")[0]).toMatchObject({ from: 6, to: 7 });
    expect(compile("generated")[0]).toMatchObject({ from: 6 });
    expect(compile("all")[0]).toMatchObject({ from: 0 });
    expect(compile({ from: 2, to: 3 })[0]).toMatchObject({ from: 2, to: 3 });
  });

  test("refuses a step that would steer no token", () => {
    expect(() => compile("after-marker", 6)).toThrow(
      expect.objectContaining({ code: "empty-selection" }),
    );
    expect(() => compile({ from: 9, to: 12 })).toThrow(
      expect.objectContaining({ code: "empty-selection" }),
    );
  });

  test("refuses a layer that does not exist and a vector of another size, naming both", () => {
    expect(() => compile("all", 8, 4)).toThrow(/layers 0 to 3/);
    expect(() => compile("all", 8, 2, new Float32Array(2))).toThrow(/3 values, got 2/);
    expect(() => compile("all", 8, 2, Float32Array.from([1, Number.NaN, 0]))).toThrow(/finite/);
  });

  test("keeps a vector once", () => {
    const compiler = new SteeringCompiler(config);
    const step = {
      name: "a",
      layer: 0,
      vector,
      multiplier: 1,
      operation: "add" as const,
      positions: "all" as const,
    };
    compiler.compile([step, { ...step, layer: 1 }], 5, 8);
    expect(compiler.vectors).toEqual([vector]);
  });
});

test("spanOfSteps counts the steered tokens of the prompt", () => {
  const step = {
    layer: 0,
    vector: 0,
    multiplier: 1,
    operation: "add" as const,
    from: 5,
    to: Number.POSITIVE_INFINITY,
  };
  expect(spanOfSteps([step], 8)).toEqual({ first: 5, count: 3 });
  expect(spanOfSteps([step], 5)).toEqual({ first: 5, count: 0 });
  expect(
    spanOfSteps(
      [
        { ...step, from: 0, to: 0 },
        { ...step, from: 9 },
      ],
      8,
    ),
  ).toEqual({ first: 0, count: 1 });
  expect(spanOfSteps([], 8)).toBeNull();
});
