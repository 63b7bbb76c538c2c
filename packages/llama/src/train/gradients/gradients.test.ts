import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CONTRIB, type Value } from "../../graph/graph-builder.ts";
import { type Feed, GraphSession } from "../../runtime/session.ts";
import { DIFFERENTIABLE, gradients } from "./gradients.ts";
import { Tape } from "./tape.ts";

const tensor = z.object({ shape: z.array(z.number()), values: z.array(z.number()) });
const fixtures = z
  .record(
    z.string(),
    z.object({
      inputs: z.array(tensor),
      weights: tensor,
      gradients: z.array(z.array(z.number())),
    }),
  )
  .parse(
    JSON.parse(
      readFileSync(
        new URL("../../../test/fixtures/train/op-gradients.json", import.meta.url),
        "utf8",
      ),
    ),
  );

type Build = (tape: Tape, inputs: readonly Value[]) => Value;

const op =
  (
    opType: string,
    attributes: Parameters<Tape["op"]>[2] = {},
    domain: "" | typeof CONTRIB = "",
  ): Build =>
  (tape, inputs) =>
    tape.op(opType, inputs, attributes, domain);
const float = (value: number): { readonly float: number } => ({ float: value });

/** Each operator as the graph has it; the same names as in the fixture. */
const cases: Readonly<Record<string, Build>> = {
  Add: op("Add"),
  "Add, repeated rows": op("Add"),
  "Add, both repeated": op("Add"),
  "Sub, a scalar": op("Sub"),
  Mul: op("Mul"),
  "Mul, squared": (tape, [a = ""]) => tape.mul(a, a),
  Div: op("Div"),
  Pow: (tape, [a = ""]) => tape.op("Pow", [a, tape.float(3)]),
  Neg: op("Neg"),
  Exp: op("Exp"),
  Log: op("Log"),
  Sqrt: op("Sqrt"),
  Sigmoid: op("Sigmoid"),
  "QuickGelu, SiLU": op("QuickGelu", { alpha: float(1) }, CONTRIB),
  "QuickGelu, alpha": op("QuickGelu", {}, CONTRIB),
  Where: (tape, [a = "", b = ""]) => {
    const ones = tape.op("Reshape", [tape.ints(1, 0, 1, 0, 0, 1), tape.ints(2, 3)]);
    return tape.op("Where", [tape.op("Equal", [ones, tape.int(1)]), a, b]);
  },
  MatMul: op("MatMul"),
  "MatMul, batches": op("MatMul"),
  "MatMul, repeated": op("MatMul"),
  "FusedMatMul, transB": op("FusedMatMul", { transB: 1, alpha: float(0.5) }, CONTRIB),
  "FusedMatMul, transA": op("FusedMatMul", { transA: 1, alpha: float(2) }, CONTRIB),
  "FusedMatMul, transA, transB": op("FusedMatMul", { transA: 1, transB: 1 }, CONTRIB),
  Gemm: op("Gemm"),
  "Gemm, transB, bias": op("Gemm", { transB: 1 }),
  "Gemm, transA, alpha, beta": op("Gemm", { transA: 1, alpha: float(0.5), beta: float(2) }),
  "Gemm, transA, transB": op("Gemm", { transA: 1, transB: 1 }),
  Softmax: op("Softmax", { axis: -1 }),
  "Softmax, axis 0": op("Softmax", { axis: 0 }),
  LogSoftmax: op("LogSoftmax", { axis: -1 }),
  RMSNormalization: op("RMSNormalization", { epsilon: float(1e-3) }),
  RotaryEmbedding: (tape, [a = ""]) => {
    const positions = tape.op("Reshape", [tape.ints(0, 2, 3), tape.ints(1, 3)]);
    const frequencies = tape.op("Concat", [one(tape, 1), one(tape, 0.3)], { axis: 0 });
    const places = tape.op("CastLike", [tape.ints(0, 1, 2, 3), tape.float(1)]);
    const angles = tape.mul(tape.op("Unsqueeze", [places, tape.ints(1)]), frequencies);
    const [cos, sin] = [tape.op("Cos", [angles]), tape.op("Sin", [angles])];
    return tape.op("RotaryEmbedding", [a, positions, cos, sin], { num_heads: 2 }, CONTRIB);
  },
  Reshape: (tape, [a = ""]) => tape.op("Reshape", [a, tape.ints(3, -1)]),
  Squeeze: (tape, [a = ""]) => tape.op("Squeeze", [a, tape.ints(1)]),
  Unsqueeze: (tape, [a = ""]) => tape.op("Unsqueeze", [a, tape.ints(0)]),
  Expand: (tape, [a = ""]) => tape.op("Expand", [a, tape.ints(2, 2, 3)]),
  Transpose: op("Transpose", { perm: [2, 0, 1] }),
  Concat: op("Concat", { axis: -1 }),
  Split: (tape, [a = ""]) => tape.splitInTwo(a, tape.ints(1, 2), 1).second,
  Slice: (tape, [a = ""]) =>
    tape.op("Slice", [a, tape.ints(1, 0), tape.ints(99, 99), tape.ints(0, 1), tape.ints(1, 2)]),
  Gather: (tape, [a = ""]) => tape.op("Gather", [a, tape.ints(2, 0, 2)]),
  "Gather, rows in a table": (tape, [a = ""]) =>
    tape.op("Gather", [a, tape.op("Reshape", [tape.ints(2, 0, 2, 1), tape.ints(2, 2)])]),
  "Gather, one row": (tape, [a = ""]) => tape.op("Gather", [a, tape.int(1)]),
  GatherElements: (tape, [a = ""]) => {
    const picks = tape.op("Reshape", [tape.ints(1, 2), tape.ints(2, 1)]);
    return tape.op("GatherElements", [a, picks], { axis: 1 });
  },
  ReduceSum: (tape, [a = ""]) => tape.op("ReduceSum", [a, tape.ints(-1)], { keepdims: 0 }),
  "ReduceSum, all": op("ReduceSum", { keepdims: 0 }),
  ReduceMean: (tape, [a = ""]) => tape.meanAlong(a, 0),
};

function one(tape: Tape, value: number): Value {
  return tape.op("Reshape", [tape.float(value), tape.ints(1)]);
}

/** A session that gives `sum(weights * y)` and its gradients. */
async function differentiate(
  inputs: ReadonlyArray<{ readonly shape: readonly number[] }>,
  weightShape: readonly number[],
  build: Build,
): Promise<{ readonly session: GraphSession; readonly outputs: readonly string[] }> {
  const tape = new Tape();
  const names = inputs.map(({ shape }, i) => tape.parameter(`x${i}`, shape));
  const weights = tape.parameter("weights", weightShape);
  const loss = tape.op("ReduceSum", [tape.mul(weights, build(tape, names))], { keepdims: 0 });
  const outputs = names.map((name) => `gradient.${name}`);
  const found = gradients(tape, loss, names);
  names.forEach((name, i) =>
    tape.result(outputs[i] ?? "", found.get(name) ?? "", inputs[i]?.shape ?? []),
  );
  tape.result("loss", loss, []);
  return {
    session: await GraphSession.create(tape.build(), { device: "cpu", threads: 1 }),
    outputs,
  };
}

const STEP = 1 / 32;

describe.each(Object.entries(fixtures))("%s", (name, { inputs, weights, gradients: expected }) => {
  test("PyTorch and finite differences agree with the gradient", async () => {
    const { session, outputs } = await differentiate(
      inputs,
      weights.shape,
      cases[name] ?? op(name),
    );
    const feed = (values: ReadonlyArray<readonly number[]>): ReadonlyMap<string, Feed> =>
      new Map<string, Feed>([
        ["weights", { data: Float32Array.from(weights.values), shape: weights.shape }],
        ...inputs.map(({ shape }, i): [string, Feed] => [
          `x${i}`,
          { data: Float32Array.from(values[i] ?? []), shape },
        ]),
      ]);
    const values = inputs.map((input) => input.values);
    const got = await session.run(feed(values), outputs);
    const lossAt = async (i: number, element: number, by: number): Promise<number> => {
      const moved = values.map((list, j) =>
        list.map((x, k) => (i === j && k === element ? x + by : x)),
      );
      return (await session.run(feed(moved), ["loss"])).get("loss")?.[0] ?? Number.NaN;
    };
    for (const [i, output] of outputs.entries()) {
      const gradient = got.get(output) ?? new Float32Array(0);
      const torch = expected[i] ?? [];
      expect(gradient).toHaveLength(torch.length);
      for (const [k, value] of torch.entries()) {
        expect(gradient[k]).toBeCloseTo(value, 5);
        // Central differences of fourth order: what is left is float32 rounding over the step, some 1e-4.
        const near = (await lossAt(i, k, STEP)) - (await lossAt(i, k, -STEP));
        const far = (await lossAt(i, k, 2 * STEP)) - (await lossAt(i, k, -2 * STEP));
        expect(Math.abs((8 * near - far) / (12 * STEP) - value)).toBeLessThan(
          5e-4 * Math.max(1, Math.abs(value)),
        );
      }
    }
    await session.release();
  });
});

test("every operator that can be differentiated has a case", () => {
  const tested = new Set(Object.keys(cases).map((name) => name.split(",")[0]));
  expect(DIFFERENTIABLE.filter((name) => !tested.has(name))).toEqual(["Cast", "Identity"]);
  expect(Object.keys(cases).sort()).toEqual(Object.keys(fixtures).sort());
});

describe("gradients", () => {
  // Once lost on two threads; so this runs on two, many times, and any sum of ones has one right value.
  test("rows that are read thousands of times get every part of their gradient", async () => {
    const tape = new Tape();
    const table = tape.parameter("table", [8, 128]);
    const dy = tape.parameter("dy", [4000, 128]);
    const rows = tape.op("Gather", [table, tape.input("rows", "int64", [4000])]);
    const loss = tape.op("ReduceSum", [tape.mul(rows, dy)], { keepdims: 0 });
    tape.result("gradient", gradients(tape, loss, [table]).get(table) ?? "", [8, 128]);
    const session = await GraphSession.create(tape.build(), { device: "cpu", threads: 2 });
    const feeds = new Map<string, Feed>([
      ["table", { data: new Float32Array(8 * 128), shape: [8, 128] }],
      ["dy", { data: new Float32Array(4000 * 128).fill(1), shape: [4000, 128] }],
      [
        "rows",
        { data: BigInt64Array.from({ length: 4000 }, (_, i) => BigInt(i % 8)), shape: [4000] },
      ],
    ]);
    for (let i = 0; i < 100; i++) {
      const got = (await session.run(feeds, ["gradient"])).get("gradient");
      expect(got).toEqual(new Float32Array(8 * 128).fill(500));
    }
    await session.release();
  });

  test("a value read twice gets both gradients, and one not asked for costs no nodes", () => {
    const tape = new Tape();
    const [x, frozen] = [tape.parameter("x", [2]), tape.parameter("frozen", [2])];
    const before = tape.op("Exp", [frozen]); // its rule must not run
    const loss = tape.op("ReduceSum", [tape.add(tape.mul(x, before), x)], { keepdims: 0 });
    const count = tape.nodes.length;
    gradients(tape, loss, [x]);
    const added = tape.nodes.slice(count);
    expect(added.some(({ inputs }) => inputs.includes(frozen))).toBe(false);
  });

  test("an operator without a rule, and a loss that does not depend on the value, are refused", () => {
    const tape = new Tape();
    const [x, other] = [tape.parameter("x", [2]), tape.parameter("other", [2])];
    const loss = tape.op("ReduceSum", [tape.op("Erf", [x])], { keepdims: 0 });
    expect(() => gradients(tape, loss, [x])).toThrow(/operator Erf cannot be differentiated.*Add/);
    expect(() => gradients(tape, loss, [other])).toThrow(/should depend on "other"/);
  });

  test("through half precision and back, and past what an operator reads only the shape of", async () => {
    const { session, outputs } = await differentiate([{ shape: [2] }], [2], (tape, [x = ""]) => {
      const half = tape.op("Cast", [x], { to: 10 });
      const size = tape.op("Cast", [tape.op("Size", [x])], { to: 1 });
      return tape.mul(size, tape.op("Cast", [half], { to: 1 }));
    });
    const feed = (values: readonly number[]): Feed => ({
      data: Float32Array.from(values),
      shape: [2],
    });
    const feeds = new Map([
      ["x0", feed([1, 2])],
      ["weights", feed([3, -0.5])],
    ]);
    const gradient = (await session.run(feeds, outputs)).get("gradient.x0");
    expect(gradient).toEqual(Float32Array.of(6, -1));
    await session.release();
  });
});
