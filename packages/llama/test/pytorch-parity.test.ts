import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TokenEngine } from "../src/engine/token-engine.ts";
import {
  expectedOf,
  fixtureNames,
  openFixture,
  relativeDifference,
  step,
} from "./fixture-engine.ts";

// Seven digits are in the expected numbers, and float32 sums differ by their order.
const TOLERANCE = 1e-4;

describe.each(fixtureNames)("random Llama %s equals PyTorch", (name) => {
  const { steering, cases } = expectedOf(name);
  let engine: TokenEngine;
  beforeAll(async () => {
    ({ engine } = await openFixture(name));
  });
  afterAll(async () => {
    await engine.dispose();
  });

  const ways = ["plain", "steered"] as const;
  const steps = {
    plain: [],
    steered: [
      step({ layer: steering.layer, multiplier: steering.multiplier, from: steering.fromPosition }),
    ],
  };
  const vectors = [Float32Array.from(steering.vector)];

  test.each(ways)("logits and residual stream, %s", async (way) => {
    for (const { tokens, positions, [way]: expected } of cases) {
      const result = await engine.forward({
        vectors,
        sequences: [{ ids: tokens, steps: steps[way] }],
        logits: [{ sequence: 0, position: tokens.length - 1 }],
        residual: {
          layers: [0, 1, 2],
          places: positions.map((position) => ({ sequence: 0, position })),
        },
      });
      expect(relativeDifference(result.logits[0] ?? [], expected.logits)).toBeLessThanOrEqual(
        TOLERANCE,
      );
      positions.forEach((_, place) => {
        const stream = expected.residual.flatMap((layer) => layer[place] ?? []);
        expect(relativeDifference(result.residual[place] ?? [], stream)).toBeLessThanOrEqual(
          TOLERANCE,
        );
      });
    }
  });

  test.each(ways)("greedy tokens, all cases as rows of one batch, %s", async (way) => {
    const { tokens } = await engine.generate(
      {
        vectors,
        sequences: cases.map((row) => ({ ids: row.tokens, steps: steps[way], seed: 0 })),
        maxNewTokens: 12,
        temperature: 0,
        topK: 0,
        topP: 1,
        endTokens: [],
        batchSize: 3,
      },
      () => true,
    );
    cases.forEach((row, i) => {
      expect(row[way].narrowestLead).toBeGreaterThan(1e-3); // else the fixture could flip by rounding
      expect(tokens[i]).toEqual(row[way].greedy);
    });
  });
});
