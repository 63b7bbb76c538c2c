import { describe, expect, test } from "vitest";
import type { TokenStep } from "./jobs.ts";
import { ancestorMask, buildTokenTree } from "./token-tree.ts";

const add = (multiplier: number, from: number, layer = 0): TokenStep => ({
  layer,
  vector: 0,
  multiplier,
  operation: "add",
  from,
  to: Number.POSITIVE_INFINITY,
});

describe("buildTokenTree", () => {
  test("shares what is equal from the start and parts at the first different token", () => {
    const tree = buildTokenTree([
      { ids: [5, 6, 7], steps: [] },
      { ids: [5, 6, 8], steps: [] },
    ]);
    expect(tree.nodes.map(({ token, parent, depth }) => [token, parent, depth])).toEqual([
      [5, -1, 0],
      [6, 0, 1],
      [7, 1, 2],
      [8, 1, 2],
    ]);
    expect(tree.trunkLength).toBe(2);
    expect(tree.paths).toEqual([
      [0, 1, 2],
      [0, 1, 3],
    ]);
  });

  test("keeps apart equal tokens under different steering, from the first steered token on", () => {
    const ids = [1, 2, 3];
    const tree = buildTokenTree(
      [0, 1, -1].map((multiplier) => ({ ids, steps: [add(multiplier, 1)] })),
    );
    expect(tree.trunkLength).toBe(1);
    expect(tree.nodes.length).toBe(1 + 3 * 2);
  });

  test("runs multiplier 0 once for all layers, since it changes nothing", () => {
    const ids = [1, 2, 3];
    const tree = buildTokenTree([0, 1, 2].map((layer) => ({ ids, steps: [add(0, 1, layer)] })));
    expect(tree.nodes.length).toBe(3);
  });

  test("does not take a clamp to 0 for nothing", () => {
    const clamp: TokenStep = { ...add(0, 1), operation: "clamp" };
    const tree = buildTokenTree([
      { ids: [1, 2], steps: [clamp] },
      { ids: [1, 2], steps: [] },
    ]);
    expect(tree.nodes.length).toBe(3);
  });
});

describe("ancestorMask", () => {
  const tree = buildTokenTree([
    { ids: [5, 6, 7], steps: [] },
    { ids: [5, 6, 8], steps: [] },
  ]);
  const visible = (mask: Float32Array, width: number): number[][] =>
    Array.from({ length: mask.length / width }, (_, row) =>
      Array.from({ length: width }, (__, column) => column).filter(
        (column) => mask[row * width + column] === 0,
      ),
    );

  test("lets each token see itself and its ancestors only", () => {
    expect(visible(ancestorMask(tree.nodes, [0, 1, 2, 3], 0), 4)).toEqual([
      [0],
      [0, 1],
      [0, 1, 2],
      [0, 1, 3],
    ]);
  });

  test("is the same with the trunk cached", () => {
    expect(visible(ancestorMask(tree.nodes, [2, 3], 2), 4)).toEqual([
      [0, 1, 2],
      [0, 1, 3],
    ]);
  });
});
