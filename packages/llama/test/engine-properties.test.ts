import { applySteering, type SteeringStep } from "@caa/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GenerateJob, TokenSequence, TokenStep } from "../src/engine/jobs.ts";
import type { TokenEngine } from "../src/engine/token-engine.ts";
import { expectedOf, openFixture, relativeDifference, step } from "./fixture-engine.ts";

const { steering, cases } = expectedOf("grouped-heads");
const ids = cases[2]?.tokens ?? [];
const last = ids.length - 1;
const vectors = [0, 1, 2].map((by) =>
  Float32Array.from(steering.vector, (x, i) => x * Math.cos(i * by)),
);
let engine: TokenEngine;
beforeAll(async () => {
  ({ engine } = await openFixture("grouped-heads"));
});
afterAll(async () => {
  await engine.dispose();
});

async function logitsOf(sequences: readonly TokenSequence[]): Promise<readonly Float32Array[]> {
  const logits = sequences.map((row, sequence) => ({ sequence, position: row.ids.length - 1 }));
  return (await engine.forward({ vectors, sequences, logits })).logits;
}

async function streamOf(steps: readonly TokenStep[], layer: number): Promise<Float32Array> {
  const places = [{ sequence: 0, position: last }];
  const job = { vectors, sequences: [{ ids, steps }], residual: { layers: [layer], places } };
  return (await engine.forward(job)).residual[0] ?? new Float32Array();
}

test("multiplier 0 is the plain model bit for bit", async () => {
  const [plain] = await logitsOf([{ ids, steps: [] }]);
  for (const operation of ["add", "ablate"] as const) {
    expect(await logitsOf([{ ids, steps: [step({ multiplier: 0, operation })] }])).toEqual([plain]);
  }
});

test("steering changes the tokens it names and no earlier ones", async () => {
  const before = (steps: readonly TokenStep[]): Promise<unknown> =>
    engine.forward({
      vectors,
      sequences: [{ ids, steps }],
      residual: { layers: [1, 2], places: [{ sequence: 0, position: last - 1 }] },
    });
  expect(await before([step({ from: last })])).toEqual(await before([]));
  const [plain, steered] = await Promise.all([
    streamOf([], 1),
    streamOf([step({ from: last })], 1),
  ]);
  expect(relativeDifference(steered, plain)).toBeGreaterThan(0.01);
  expect(await streamOf([step({ from: 0, to: last - 1, layer: 2 })], 2)).toEqual(
    await streamOf([], 2),
  );
});

describe("the graph steers as the slow form says", () => {
  const mixtures: ReadonlyArray<readonly [string, readonly TokenStep[]]> = [
    ["add", [step({ multiplier: -1.5 })]],
    ["ablate", [step({ operation: "ablate" })]],
    ["half an ablation", [step({ operation: "ablate", multiplier: 0.5 })]],
    ["clamp", [step({ operation: "clamp", multiplier: 2 })]],
    ["clamp to nothing", [step({ operation: "clamp", multiplier: 0 })]],
    ["two additions", [step({ vector: 0 }), step({ vector: 1, multiplier: 3 })]],
    [
      "all three, several of each",
      [
        step({ vector: 0, multiplier: 2 }),
        step({ vector: 1, operation: "clamp", multiplier: 1.5 }),
        step({ vector: 2, operation: "clamp", multiplier: -1 }),
        step({ vector: 2, operation: "ablate" }),
        step({ vector: 0, operation: "ablate", multiplier: 0.7 }),
      ],
    ],
  ];
  test.each(mixtures)("%s", async (_, steps) => {
    const before = await streamOf([], 1);
    const slow = steps.map((one): SteeringStep => ({
      name: "test",
      layer: 1,
      vector: vectors[one.vector] ?? new Float32Array(),
      multiplier: one.multiplier,
      operation: one.operation,
      positions: "all",
    }));
    const at = steps.map((one) => ({ ...one, from: last })); // so that the stream before is the plain one
    expect(
      relativeDifference(await streamOf(at, 1), applySteering(before, slow)),
    ).toBeLessThanOrEqual(1e-5);
  });
});

describe("every shortcut equals the slow way", () => {
  const sequences: readonly TokenSequence[] = [
    ...[0, 1, 2].flatMap((layer) =>
      [-1, 0, 2].map((multiplier) => ({ ids, steps: [step({ layer, multiplier, from: 35 })] })),
    ),
    { ids: [...ids.slice(0, 30), 7, 8, 9], steps: [step({ operation: "clamp", from: 31 })] },
    { ids: ids.slice(0, 20), steps: [] },
    { ids: [9, 8, 7], steps: [step()] },
  ];

  test("a tree equals its sequences run one by one", async () => {
    const together = await logitsOf(sequences);
    for (const [i, sequence] of sequences.entries()) {
      const [alone = []] = await logitsOf([sequence]);
      expect(relativeDifference(together[i] ?? [], alone)).toBeLessThanOrEqual(1e-4);
    }
  });

  test("a tree too large for one run, its trunk cached, equals its sequences run one by one", async () => {
    const many = Array.from({ length: 90 }, (_, i) => ({
      ids,
      steps: [step({ multiplier: i - 45, from: 25 })],
    }));
    const together = await logitsOf(many);
    for (const i of [0, 44, 45, 89]) {
      const [alone = []] = await logitsOf(many.slice(i, i + 1));
      expect(relativeDifference(together[i] ?? [], alone)).toBeLessThanOrEqual(1e-4);
    }
  });

  test("a prompt longer than one run is read in pieces", async () => {
    const long = Array.from({ length: 1700 }, (_, i) => (i * 37) % 250);
    const rows = [-1, 0, 1].map((multiplier) => ({
      ids: [...long, 5 + multiplier],
      steps: [step({ multiplier, from: 1690 })],
    }));
    const together = await logitsOf(rows);
    for (const [i, row] of rows.entries()) {
      const [written] = (
        await engine.generate(
          { ...job, sequences: [{ ...row, seed: 0 }], maxNewTokens: 1 },
          () => true,
        )
      ).tokens;
      const logits = together[i] ?? new Float32Array();
      expect(written).toEqual([logits.indexOf(Math.max(...logits))]);
      const [alone = []] = await logitsOf([row]);
      expect(relativeDifference(logits, alone)).toBeLessThanOrEqual(1e-4);
    }
  });

  const job: GenerateJob = {
    vectors,
    sequences: [
      { ids, steps: [step({ multiplier: 2 })], seed: 1 },
      { ids: ids.slice(0, 9), steps: [], seed: 2 },
      { ids: ids.slice(0, 21), steps: [step({ operation: "ablate", from: 20 })], seed: 3 },
    ],
    maxNewTokens: 40,
    temperature: 0,
    topK: 0,
    topP: 1,
    endTokens: [],
    batchSize: 3,
  };

  test("a batch writes what its rows write one by one, greedy and sampled", async () => {
    for (const temperature of [0, 1]) {
      const together = await engine.generate({ ...job, temperature }, () => true);
      const alone = await engine.generate({ ...job, temperature, batchSize: 1 }, () => true);
      expect(together).toEqual(alone);
    }
  });

  test("many rows that come and go through few places write what each writes alone", async () => {
    const many = Array.from({ length: 23 }, (_, i) => ({
      // Prompts of 3 to 69 tokens, some of them the same under other steering, one longer than a block of the cache.
      ids: [...ids, ...ids].slice(0, i % 4 === 0 ? 12 : 3 + ((i * 13) % 67)),
      steps: i % 3 === 0 ? [] : [step({ multiplier: (i % 5) - 2, from: 8 })],
      seed: i,
    }));
    const lengths = many.map((_, i) => 1 + ((i * 7) % 31));
    const write = async (rows: readonly number[], batchSize: number): Promise<unknown> => {
      const count = new Map<number, number>();
      const chosen = rows.flatMap((row) => many[row] ?? []);
      const { tokens } = await engine.generate(
        { ...job, sequences: chosen, temperature: 1, batchSize },
        (sequence) => {
          count.set(sequence, (count.get(sequence) ?? 0) + 1);
          return (count.get(sequence) ?? 0) < (lengths[rows[sequence] ?? -1] ?? 0);
        },
      );
      return tokens;
    };
    const alone = await Promise.all(many.map(async (_, row) => write([row], 1)));
    for (const batchSize of [1, 4, 64]) {
      expect(await write([...many.keys()], batchSize)).toEqual(alone.flat());
    }
    expect(alone.flat().map((row) => (Array.isArray(row) ? row.length : -1))).toEqual(lengths);
  });

  test("with the cache each token is what the whole sequence says without", async () => {
    const { tokens } = await engine.generate(job, () => true);
    for (const [i, row] of job.sequences.entries()) {
      const written = tokens[i] ?? [];
      for (const length of [0, 1, 17, 39]) {
        const [logits = new Float32Array()] = await logitsOf([
          { ids: [...row.ids, ...written.slice(0, length)], steps: row.steps },
        ]);
        expect(logits.indexOf(Math.max(...logits))).toBe(written[length]);
      }
    }
  });

  test("a seed draws the same tokens again, another seed others", async () => {
    const draw = async (seed: number): Promise<unknown> =>
      engine.generate(
        { ...job, temperature: 1, sequences: [{ ids, steps: [], seed }] },
        () => true,
      );
    expect(await draw(5)).toEqual(await draw(5));
    expect(await draw(5)).not.toEqual(await draw(6));
  });

  test("a row ends at an end token or when its listener says so; the others go on", async () => {
    const { tokens } = await engine.generate(job, () => true);
    const end = tokens[0]?.[3] ?? -1;
    const ended = await engine.generate({ ...job, endTokens: [end] }, () => true);
    expect(ended.tokens[0]).toEqual(tokens[0]?.slice(0, (tokens[0]?.indexOf(end) ?? 0) + 1));
    let seen = 0;
    const stopped = await engine.generate(job, (row) => row !== 1 || ++seen < 5);
    expect(stopped.tokens.map((row) => row.length)).toEqual([40, 5, 40]);
    expect(stopped.tokens[2]).toEqual(tokens[2]);
  });
});

test("an aborted run stops before its next pass", async () => {
  const controller = new AbortController();
  const running = engine.generate(
    {
      vectors,
      sequences: [{ ids, steps: [], seed: 0 }],
      maxNewTokens: 1000,
      temperature: 0,
      topK: 0,
      topP: 1,
      endTokens: [],
      batchSize: 1,
    },
    () => {
      controller.abort();
      return true;
    },
    controller.signal,
  );
  await expect(running).rejects.toMatchObject({ code: "aborted" });
});
