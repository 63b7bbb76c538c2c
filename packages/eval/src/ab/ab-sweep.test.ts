import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createPlantedModel,
  LAYERS,
  plantedItems,
  plantedVectors,
} from "../../test/planted-model.ts";
import { ResultStore } from "../results/store.ts";
import { generateVectors } from "../vectors/generate-vectors.ts";
import { type AbSweepOptions, runAbSweep } from "./ab-sweep.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "caa-sweep-"));
});
afterEach(() => rm(root, { recursive: true }));

const planted = plantedVectors();

function sweep(changes: Partial<AbSweepOptions> & { readonly dir?: string } = {}): AbSweepOptions {
  const { dir = "results", ...rest } = changes;
  return {
    model: createPlantedModel(),
    dataset: plantedItems(12),
    vectors: planted,
    layers: [1, 3],
    multipliers: [-1, 0, 1],
    store: new ResultStore(join(root, dir)),
    ...rest,
  };
}

/** Every file of a store with its content. */
async function contents(dir: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(join(root, dir), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      files[path.slice(join(root, dir).length)] = await readFile(path, "utf8");
    }
  }
  return files;
}

describe("runAbSweep", () => {
  it("shows a planted direction: p(matching) rises with the multiplier at every layer", async () => {
    const { cells, kept } = await runAbSweep(sweep());
    expect(kept).toBe(0);
    expect(cells.map(({ settings }) => [settings.layer, settings.multiplier])).toEqual([
      [1, -1],
      [1, 0],
      [1, 1],
      [3, -1],
      [3, 0],
      [3, 1],
    ]);
    const means = cells.map((cell) => cell.summary.p_matching?.mean ?? Number.NaN);
    for (const at of [0, 1, 3, 4]) {
      expect((means[at + 1] ?? 0) - (means[at] ?? 0)).toBeGreaterThan(0.1);
    }
    expect(means[1]).toBe(means[4]); // the plain model
    for (const { summary, rows } of cells) {
      expect(summary).toMatchObject({ n: 12, unscored: 0 });
      const scores = rows.map(
        (row) => row.matching_prob / (row.matching_prob + row.not_matching_prob),
      );
      expect(summary.p_matching?.mean).toBeCloseTo(scores.reduce((sum, x) => sum + x, 0) / 12, 12);
      const masses = rows.map((row) => row.matching_prob + row.not_matching_prob);
      expect(summary.letter_mass.mean).toBeCloseTo(masses.reduce((sum, x) => sum + x, 0) / 12, 12);
      for (const interval of [summary.p_matching?.t, summary.p_matching?.bootstrap]) {
        expect(interval?.low).toBeLessThan(summary.p_matching?.mean ?? 0);
        expect(interval?.high).toBeGreaterThan(summary.p_matching?.mean ?? 1);
      }
    }
  });

  it("steers with vectors that were made of pairs, and against them when turned around", async () => {
    const vectors = await generateVectors(createPlantedModel(), plantedItems(40));
    const { cells } = await runAbSweep(sweep({ vectors, layers: [2], multipliers: [-1, 0, 1] }));
    const [against = 1, plain = 0, along = 0] = cells.map((cell) => cell.summary.p_matching?.mean);
    expect(along).toBeGreaterThan(plain + 0.2);
    expect(against).toBeLessThan(plain - 0.2);
    expect(cells[0]?.settings.vectors).toBe("raw");
  });

  it("compares an item's own letters and still says A and B", async () => {
    const { cells } = await runAbSweep(sweep({ layers: [0], multipliers: [2] }));
    const row = cells[0]?.rows[2];
    expect(row?.answer_matching_behavior).toBe("(C)");
    expect(row?.not_matching_prob).toBe(row?.a_prob);
    expect(row?.matching_prob).toBeGreaterThan(row?.b_prob ?? 1);
    expect((row?.a_prob ?? 0) + (row?.b_prob ?? 0) + (row?.matching_prob ?? 0)).toBeCloseTo(
      0.8,
      12,
    );
    const length = plantedItems(12).items[2]?.question.length ?? 0;
    expect(row?.prompt_length).toBe(length);
    expect(row?.steered).toEqual({ first: length - 2, count: 2 });
  });

  it("runs the plain model once for all layers", async () => {
    const model = createPlantedModel();
    const { cells } = await runAbSweep(sweep({ model, layers: [0, 1, 2, 3] }));
    expect(model.passes).toBe(12 * (1 + 4 * 2));
    const plain = cells.filter((cell) => cell.settings.multiplier === 0);
    expect(plain).toHaveLength(4);
    expect(plain.every((cell) => cell.rows.every((row) => row.steered === null))).toBe(true);
  });

  it.each([1, 5, 11])(
    "goes on after a crash at item %i and ends with the same files",
    async (failAfter) => {
      await runAbSweep(sweep({ dir: "whole" }));
      const crash = runAbSweep(sweep({ model: createPlantedModel({ failAfter }) }));
      await expect(crash).rejects.toThrow("the power went out");
      expect(
        Object.keys(await contents("results")).filter((name) => name.endsWith(".json")),
      ).toEqual([]);
      const model = createPlantedModel();
      const progress: number[] = [];
      await runAbSweep(
        sweep({ model, onProgress: ({ done, total }) => progress.push(done / total) }),
      );
      expect(model.prompts).toBe(12 - failAfter);
      expect(progress[0]).toBeCloseTo(failAfter / 12, 12);
      expect(progress.at(-1)).toBe(1);
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      expect(await contents("results")).toEqual(await contents("whole"));
    },
  );

  it("goes on after an abort, and two sweeps of one store share what is there", async () => {
    await runAbSweep(sweep({ dir: "whole", layers: [0, 1, 2], multipliers: [0, 1] }));
    const abort = new AbortController();
    const stopped = runAbSweep(
      sweep({
        layers: [0, 1],
        multipliers: [0, 1],
        signal: abort.signal,
        onProgress: ({ done }) => done > 20 && abort.abort(),
      }),
    );
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    const models = [createPlantedModel(), createPlantedModel()] as const;
    await runAbSweep(sweep({ model: models[0], layers: [1, 2], multipliers: [1, 0] }));
    await runAbSweep(sweep({ model: models[1], layers: [0, 1, 2], multipliers: [0, 1] }));
    expect(models[0].passes).toBeLessThan(12 * 3);
    expect(models[1].passes).toBeLessThan(12 * 3);
    expect(await contents("results")).toEqual(await contents("whole"));
  });

  it("writes the same when sweeps run side by side", async () => {
    await runAbSweep(sweep({ dir: "whole" }));
    await Promise.all([
      runAbSweep(sweep()),
      runAbSweep(sweep()),
      runAbSweep(sweep({ layers: [3, 1] })),
    ]);
    expect(await contents("results")).toEqual(await contents("whole"));
  });

  it("keeps cells that are there, and makes them again when told", async () => {
    await runAbSweep(sweep({ multipliers: [0] }));
    const model = createPlantedModel();
    expect(await runAbSweep(sweep({ model, multipliers: [0] }))).toMatchObject({ kept: 2 });
    expect(model.prompts).toBe(0);
    expect(await runAbSweep(sweep({ model, multipliers: [0, 1] }))).toMatchObject({ kept: 2 });
    expect(model.passes).toBe(12 * 2);
    expect(await runAbSweep(sweep({ model, multipliers: [0], overwrite: true }))).toMatchObject({
      kept: 0,
    });
    expect(model.passes).toBe(12 * 3);
  });

  it("does not mix cells of other data, vectors or models", async () => {
    await runAbSweep(sweep());
    const hash = "e".repeat(64);
    const others: ReadonlyArray<readonly [string, Partial<AbSweepOptions>]> = [
      ["dataset", { dataset: { ...plantedItems(12), hash } }],
      ["vector", { vectors: planted.scaled(() => 2) }],
      [
        "model",
        {
          model: createPlantedModel({ hash }),
          vectors: planted.scaled(() => 1, { modelHash: hash }),
        },
      ],
    ];
    for (const [what, changes] of others) {
      await expect(runAbSweep(sweep(changes))).rejects.toThrow(
        new RegExp(`layer=1_.*got another ${what}; --overwrite`),
      );
      expect((await runAbSweep(sweep({ ...changes, dir: what }))).kept).toBe(0);
    }
    const { cells } = await runAbSweep(
      sweep({ dataset: { ...plantedItems(12), hash }, overwrite: true }),
    );
    expect(cells[0]?.hashes.dataset).toBe(hash);
  });

  it("does not go on from rows of other data, vectors or models", async () => {
    const crash = runAbSweep(sweep({ model: createPlantedModel({ failAfter: 6 }) }));
    await expect(crash).rejects.toThrow("the power went out");
    const hash = "e".repeat(64);
    const model = createPlantedModel();
    await runAbSweep(sweep({ model, dataset: { ...plantedItems(12), hash } }));
    expect(model.prompts).toBe(12);
  });

  it("keeps settings apart: limit, system prompt, positions, kind of vectors", async () => {
    const settings: ReadonlyArray<Partial<AbSweepOptions>> = [
      {},
      { limit: 5 },
      { system: "Agree." },
      { positions: "all" },
      { positions: { from: 3, to: 7 } },
      { operation: "ablate" },
      { vectorsKind: "normalized" },
    ];
    for (const changes of settings) {
      const { cells, kept } = await runAbSweep(
        sweep({ ...changes, layers: [1], multipliers: [1] }),
      );
      expect(kept).toBe(0);
      expect(cells[0]?.rows).toHaveLength(changes.limit ?? 12);
    }
    expect(Object.keys(await contents("results"))).toHaveLength(settings.length);
  });

  it("leaves a row without probability unscored, never NaN", async () => {
    const { cells } = await runAbSweep(
      sweep({ model: createPlantedModel({ letterMass: 0 }), multipliers: [0] }),
    );
    expect(cells[0]?.summary).toMatchObject({
      n: 0,
      unscored: 12,
      p_matching: null,
      letter_mass: { mean: 0 },
    });
    expect(cells[0]?.rows[0]).toMatchObject({
      score: null,
      unscored: "the model gives both answers probability 0",
    });
    const nan = createPlantedModel({ letterMass: Number.NaN });
    await expect(runAbSweep(sweep({ model: nan, dir: "nan" }))).rejects.toThrow(
      /in \[0, 1\], got NaN/,
    );
  });

  it("gives one item no interval", async () => {
    const { cells } = await runAbSweep(sweep({ limit: 1 }));
    expect(cells[0]?.summary).toMatchObject({ n: 1, p_matching: { t: null, bootstrap: null } });
  });

  it.each([
    ["no layers", { layers: [] }, "empty-selection"],
    ["no multipliers", { multipliers: [] }, "empty-selection"],
    ["a layer past the model", { layers: [LAYERS] }, "incompatible-vector"],
    ["a layer twice", { layers: [1, 1] }, "invalid-argument"],
    ["zero twice", { multipliers: [0, -0] }, "invalid-argument"],
    ["a multiplier that is no number", { multipliers: [Number.NaN] }, "invalid-argument"],
    ["limit 0", { limit: 0 }, "invalid-argument"],
    ["no items", { dataset: { ...plantedItems(1), items: [] } }, "empty-selection"],
    [
      "vectors of another model",
      { vectors: planted.scaled(() => 1, { modelHash: "b".repeat(64) }) },
      "incompatible-vector",
    ],
    ["a layer without vector", { vectors: plantedVectors({ layers: [1] }) }, "not-found"],
    ["vectors of another size", { vectors: plantedVectors({ dModel: 5 }) }, "incompatible-vector"],
    ["a signal that has fired", { signal: AbortSignal.abort() }, "aborted"],
  ] satisfies ReadonlyArray<readonly [string, Partial<AbSweepOptions>, string]>)(
    "refuses %s",
    async (_, changes, code) => {
      const model = createPlantedModel();
      await expect(runAbSweep(sweep({ model, ...changes }))).rejects.toMatchObject({ code });
      expect(model.prompts).toBe(0);
    },
  );
});
