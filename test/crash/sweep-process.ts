import { setTimeout as sleep } from "node:timers/promises";
import { FakeModel, madeUpVectors } from "@caa/core/testing";
import { type Cell, ResultStore, runAbSweep, runOpenEndedSweep } from "@caa/eval";
import { plantedItems } from "../../packages/eval/test/planted-model.ts";

/** Milliseconds that the model takes for a prompt. */
const PROMPT_TIME = 2;

/** Says whenever something is kept or about to be, so that the parent may kill this process in the midst of it. */
const step = (): void => {
  process.send?.("step");
};

class WatchedStore extends ResultStore {
  override async write(cell: Cell): Promise<void> {
    step();
    await super.write(cell);
    step();
  }
}

async function sweep(folder: string): Promise<void> {
  const model = new FakeModel({ delay: () => sleep(PROMPT_TIME) });
  const layers = [1, 2, 3];
  const options = {
    model,
    vectors: madeUpVectors({
      layers,
      dModel: model.info.dModel,
      metadata: { behavior: "agreeing", modelHash: model.info.hash },
    }),
    layers,
    multipliers: [-2, -1, 0, 1, 2],
    store: new WatchedStore(folder),
    onProgress: step,
  };
  const { items, ...file } = plantedItems(12);
  await runAbSweep({ ...options, dataset: { ...file, items } });
  const questions = items.slice(0, 3).map(({ question }) => ({ question }));
  await runOpenEndedSweep({ ...options, dataset: { ...file, items: questions }, maxNewTokens: 30 });
}

process.once("message", async (folder) => {
  await sweep(String(folder)); // an error ends the process, and is printed
  process.disconnect();
});
process.send?.("ready");
