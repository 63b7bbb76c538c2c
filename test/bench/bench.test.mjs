import { describe, expect, it } from "vitest";
import { alternate, ratios } from "../../bench/lib/alternate.mjs";
import { spreadSubset } from "../../bench/lib/inputs.mjs";
import { medianInterval } from "../../bench/lib/statistics.mjs";
import {
  attendedPairs,
  blockOperations,
  heldBytes,
  limitSeconds,
  modelSizes,
} from "../../bench/lib/work.mjs";

describe("alternate", () => {
  it("turns the order round every other round, and leaves out a side that failed", async () => {
    const order = [];
    const side = (name, seconds) => ({
      name,
      run: async (round) => {
        order.push(name);
        if (name === "b" && round === 1) {
          throw new Error("out of memory");
        }
        return { count: 6, seconds };
      },
    });

    const results = await alternate([side("a", 2), side("b", 3)], 3);

    expect(order).toEqual(["a", "b", "b", "a", "a"]);
    expect(results.b.error).toBe("out of memory");
    expect(results.b.runs.slice(1)).toEqual([null, null]);
    expect(ratios(results.a, results.b)).toEqual([1.5]);
  });
});

describe("medianInterval", () => {
  it("covers the median with the probability asked for, by the binomial tails", () => {
    const values = Array.from({ length: 30 }, (_, i) => 30 - i);

    // P(Binomial(30, 1/2) < 10) = 0.0214 and P(< 11) = 0.0494: tables of the sign test have 10 and 21.
    expect(medianInterval(values)).toEqual([10, 21]);
    expect(medianInterval([3, 1, 2, 6, 5, 4])).toEqual([1, 6]);
    expect(medianInterval([3, 1, 2, 5, 4])).toBeNull();
  });
});

describe("spreadSubset", () => {
  it("has the sizes of all", () => {
    const all = [9, 1, 5, 3, 7, 2, 8, 4, 6];

    expect(spreadSubset(all, 3, (x) => x)).toEqual([2, 5, 8]);
    expect(spreadSubset(all, 99, (x) => x)).toHaveLength(9);
  });
});

describe("the physical limit", () => {
  const llama2 = modelSizes({
    hidden_size: 4096,
    intermediate_size: 11008,
    num_attention_heads: 32,
    num_key_value_heads: 32,
    num_hidden_layers: 32,
    vocab_size: 32000,
    tie_word_embeddings: false,
  });

  it("counts the weights of Llama-2-7B but its 266,240 norms", () => {
    expect(heldBytes(llama2, "float32") / 4).toBe(6_738_415_616 - 266_240);
  });

  it("counts attention as if the tokens came one by one", () => {
    const oneByOne = [0, 1, 2, 3].reduce(
      (sum, past) => sum + blockOperations(llama2, 1, attendedPairs(1, past)),
      0,
    );

    expect(blockOperations(llama2, 4, attendedPairs(4))).toBe(oneByOne);
  });

  it("is what takes longer", () => {
    const limits = { operationsPerSecond: 100, bytesPerSecond: 10 };

    expect(limitSeconds({ operations: 300, bytes: 20 }, limits)).toBe(3);
    expect(limitSeconds({ operations: 300, bytes: 50 }, limits)).toBe(5);
  });
});
