import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeModel, madeUpVectors } from "@caa/core/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { plantedItems } from "../../test/planted-model.ts";
import { runAbSweep } from "../ab/ab-sweep.ts";
import { runOpenEndedSweep } from "../open-ended/open-ended-sweep.ts";
import { ResultStore } from "../results/store.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "caa-keep-"));
});
afterEach(() => rm(root, { recursive: true }));

const dataset = plantedItems(3);
const sweeps = {
  ab: (model: FakeModel) => runAbSweep({ ...options(model), dataset }),
  open_ended: (model: FakeModel) => runOpenEndedSweep({ ...options(model), dataset }),
};

const options = (model: FakeModel) => ({
  model,
  vectors: madeUpVectors({
    layers: [2],
    dModel: model.info.dModel,
    metadata: { behavior: "agreeing", modelHash: model.info.hash },
  }),
  layers: [2],
  multipliers: [0, 1],
  store: new ResultStore(root),
});

it.each(["ab", "open_ended"] as const)(
  "%s: rows that a process left which was killed after its last cell are removed by the next run",
  async (type) => {
    const partial = join(root, type, ".partial");
    const stopped = sweeps[type](new FakeModel({ failAt: 3 }));
    await expect(stopped).rejects.toMatchObject({ code: "device" });
    await cp(partial, join(root, "kept"), { recursive: true });
    await sweeps[type](new FakeModel());
    expect(await readdir(partial)).toEqual([]);

    await cp(join(root, "kept"), partial, { recursive: true });
    expect(await readdir(partial)).toHaveLength(1);
    const model = new FakeModel();
    expect((await sweeps[type](model)).kept).toBe(2);
    expect(model.promptsHandled).toBe(0);
    expect(await readdir(partial)).toEqual([]);
  },
);
