import { describe, expect, it } from "vitest";
import { plantedItems, plantedVectors } from "../../test/planted-model.ts";
import { freshItems } from "./fresh-items.ts";

const vectors = plantedVectors();
const pairs = plantedItems(4); // whose hash those vectors have
const dataset = { ...plantedItems(6), hash: "e".repeat(64) };

describe("freshItems", () => {
  it("leaves out what the vectors' pairs ask, under a hash of its own", () => {
    const fresh = freshItems({ vectors, dataset, pairs });
    expect(fresh.leftOut).toBe(4);
    expect(fresh.dataset.items).toEqual(dataset.items.slice(4));
    expect(fresh.dataset.hash).not.toBe(dataset.hash);
  });

  it("leaves the set as it is where nothing is asked twice", () => {
    const others = {
      ...pairs,
      items: pairs.items.map((x) => ({ ...x, question: `No ${x.question}` })),
    };
    expect(freshItems({ vectors, dataset, pairs: others })).toEqual({ dataset, leftOut: 0 });
  });

  it("does not know with pairs of which the vectors were not made, or without", () => {
    const others = { ...pairs, hash: "f".repeat(64) };
    expect(freshItems({ vectors, dataset, pairs: others })).toEqual({ dataset, leftOut: null });
    expect(freshItems({ vectors, dataset, pairs: null })).toEqual({ dataset, leftOut: null });
  });

  it("refuses the very items that the vectors were made of", () => {
    expect(() => freshItems({ vectors, dataset: pairs, pairs: null })).toThrow(
      expect.objectContaining({ code: "empty-selection" }),
    );
  });
});
