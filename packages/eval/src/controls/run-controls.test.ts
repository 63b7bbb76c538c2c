import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPlantedModel, plantedItems, plantedVectors } from "../../test/planted-model.ts";
import { runChoiceSweep } from "../choice/choice-sweep.ts";
import { readCells, ResultStore } from "../results/store.ts";
import { randomControl } from "./control.ts";
import { effectsByLayer } from "./effect.ts";
import { judgeEffect } from "./judge-effect.ts";
import { runControls, type RunControlsOptions } from "./run-controls.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "caa-controls-"));
});
afterEach(() => rm(root, { recursive: true }));

const vectors = plantedVectors();
const SPAN = { from: -1, to: 1 };

function options(changes: Partial<RunControlsOptions> = {}): RunControlsOptions {
  return {
    model: createPlantedModel(),
    dataset: plantedItems(6),
    controls: [1, 2].map((seed) => randomControl(vectors, seed)),
    layers: [1],
    multipliers: [-1, 1],
    store: new ResultStore(root),
    ...changes,
  };
}

describe("runControls", () => {
  it("leaves a planted direction standing out, and a random one in its place not", async () => {
    const runs = await runControls(options());
    const { cells } = await runChoiceSweep({ ...options(), type: "ab", vectors });
    const controls = runs.flatMap((run) => effectsByLayer(run.cells, SPAN));
    for (const effect of effectsByLayer(cells, SPAN)) {
      expect(judgeEffect(effect, controls).verdict).toBe("stands-out");
    }
    const [other] = await runControls(options({ controls: [randomControl(vectors, 9)] }));
    const planted = effectsByLayer(cells, SPAN);
    for (const effect of effectsByLayer(other?.cells ?? [], SPAN)) {
      expect(judgeEffect(effect, planted).verdict).not.toBe("stands-out");
    }
  });

  it("keeps results under the control's name, beside those of the vectors, and goes on from them", async () => {
    await runChoiceSweep({ ...options(), type: "ab", vectors });
    const model = createPlantedModel();
    const done: number[] = [];
    const runs = await runControls(
      options({ model, onProgress: (event) => done.push(event.done / event.total) }),
    );
    expect(runs.map(({ name }) => name)).toEqual(["raw-random-1", "raw-random-2"]);
    expect(done.at(-1)).toBe(1);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(await readCells(root)).toHaveLength(3 * 2);
    expect(await readCells(root, { vectors: ["raw-random-2"] })).toEqual(runs[1]?.cells);
    const passes = model.passes;
    expect(await runControls(options({ model }))).toEqual(runs);
    expect(model.passes).toBe(passes);
  });

  it("refuses no controls, and two of one name", async () => {
    await expect(runControls(options({ controls: [] }))).rejects.toMatchObject({
      code: "empty-selection",
    });
    const twice = [randomControl(vectors, 1), randomControl(vectors, 1)];
    await expect(runControls(options({ controls: twice }))).rejects.toThrow(/raw-random-1 raw-/);
  });

  it("stops when told", async () => {
    const stopped = runControls(options({ signal: AbortSignal.abort() }));
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
  });
});
