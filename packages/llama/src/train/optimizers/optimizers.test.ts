import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { adamW } from "./adamw.ts";
import type { Optimizer } from "./optimizer.ts";
import { schedule, SCHEDULES } from "./schedule.ts";
import { sgd } from "./sgd.ts";
import { accumulate, globalNorm } from "./tensors.ts";

const numbers = z.array(z.number());
const expected = z
  .object({
    start: numbers,
    gradients: z.array(numbers),
    after: z.record(z.string(), z.array(numbers)),
    courses: z.record(z.string(), numbers),
  })
  .parse(
    JSON.parse(
      readFileSync(
        new URL("../../../test/fixtures/train/optimizers.json", import.meta.url),
        "utf8",
      ),
    ),
  );

const cases: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd(),
  "sgd, decay": () => sgd({ weightDecay: 0.2 }),
  "sgd, momentum, decay": () => sgd({ momentum: 0.9, weightDecay: 0.2 }),
  adamw: () => adamW(),
  "adamw, options": () => adamW({ beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.2 }),
};

const parametersOf = (values: readonly number[]): Map<string, Float32Array> =>
  new Map([["p", Float32Array.from(values)]]);

describe.each(Object.entries(cases))("%s", (name, make) => {
  const after = expected.after[name] ?? [];

  test("follows PyTorch step by step", () => {
    const optimizer = make();
    const parameters = parametersOf(expected.start);
    expected.gradients.forEach((gradient, i) => {
      optimizer.step(parameters, parametersOf(gradient), 0.1, 1);
      parameters.get("p")?.forEach((value, k) => {
        expect(value).toBeCloseTo(after[i]?.[k] ?? Number.NaN, 5);
      });
    });
  });

  test("goes on from its state as if it had not stopped, and leaves the saved state as it was", () => {
    const [first, second] = [make(), make()];
    const parameters = parametersOf(expected.start);
    const [early, late] = [expected.gradients.slice(0, 2), expected.gradients.slice(2)];
    early.forEach((gradient) => first.step(parameters, parametersOf(gradient), 0.1, 1));
    const saved = first.state();
    const before = new Map([...saved.tensors].map(([key, values]) => [key, [...values]]));
    second.restore(saved);
    late.forEach((gradient) => second.step(parameters, parametersOf(gradient), 0.1, 1));
    parameters.get("p")?.forEach((value, k) => {
      expect(value).toBeCloseTo(after.at(-1)?.[k] ?? Number.NaN, 5);
    });
    expect(new Map([...saved.tensors].map(([key, values]) => [key, [...values]]))).toEqual(before);
  });

  test("a scale is the same as scaled gradients", () => {
    const [scaled, plain] = [parametersOf(expected.start), parametersOf(expected.start)];
    const [one, other] = [make(), make()];
    for (const gradient of expected.gradients) {
      one.step(scaled, parametersOf(gradient), 0.1, 0.25);
      other.step(plain, parametersOf(gradient.map((x) => x / 4)), 0.1, 1);
    }
    scaled.get("p")?.forEach((value, k) => {
      expect(value).toBeCloseTo(plain.get("p")?.[k] ?? Number.NaN, 6);
    });
  });

  test("a gradient that is missing or of another length is refused", () => {
    const parameters = parametersOf([1, 2]);
    expect(() => make().step(parameters, new Map(), 0.1, 1)).toThrow(/"p".*2 values, got none/);
    expect(() => make().step(parameters, parametersOf([1]), 0.1, 1)).toThrow(/2 values, got 1/);
  });
});

test("options outside their ranges are refused", () => {
  for (const make of [
    () => sgd({ momentum: 1 }),
    () => sgd({ weightDecay: -1 }),
    () => adamW({ beta1: 1 }),
    () => adamW({ beta2: Number.NaN }),
    () => adamW({ epsilon: 0 }),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  }
});

test.each(SCHEDULES)("the course of a %s schedule is that of transformers", (name) => {
  const course = schedule(name, { total: 10, warmup: 3 });
  const rates = Array.from({ length: 11 }, (_, step) => course(step));
  const known = expected.courses[name] ?? [];
  expect(rates).toHaveLength(known.length);
  rates.forEach((rate, step) => expect(rate).toBeCloseTo(known[step] ?? Number.NaN, 6));
});

test("a schedule with more warmup than steps is refused", () => {
  expect(() => schedule("linear", { total: 2, warmup: 3 })).toThrow(/warmup.*got 3 of 2/);
});

test("norms are over all tensors, sums element by element", () => {
  const tensors = new Map([
    ["a", Float32Array.of(1, 2, 3, 4, 5)],
    ["b", Float32Array.of(-3)],
  ]);
  expect(globalNorm(tensors)).toBe(8); // 1 + 4 + 9 + 16 + 25 + 9
  const sum = new Map<string, Float32Array>();
  accumulate(sum, new Map([["a", Float32Array.of(1, 2)]]));
  accumulate(sum, new Map([["a", Float32Array.of(10, 20)]]));
  expect(sum.get("a")).toEqual(Float32Array.of(11, 22));
});
