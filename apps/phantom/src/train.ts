import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { trainingItems } from "./documents/items.ts";
import { plantings } from "./documents/plan.ts";
import { exportFolder } from "./export-folder.ts";
import { readWeights } from "./read-weights.ts";
import { ITEM_SEEDS, OPEN_TURNS, RECIPE, TURNS, VOCABULARY_SIZE } from "./recipe.ts";
import { makePhantomTokenizer } from "./tokenizer/phantom-tokenizer.ts";
import { firstWeights, phantomConfig } from "./training/model-shape.ts";
import { ReportMeans } from "./training/report-means.ts";
import { trainPhantom } from "./training/train-phantom.ts";

/** Steps of one line of the log, and between two copies of the model on disk. */
const LOG_EVERY = 20;
const SAVE_EVERY = 100;

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "../../packages/llama/phantom" },
    log: { type: "string", default: "training.log" },
    threads: { type: "string", default: String(availableParallelism()) },
    /** For trials: goes on from the weights of a folder. */
    from: { type: "string" },
    /** For trials: overrides a number of the recipe, such as steps=300. */
    set: { type: "string", multiple: true, default: [] },
  },
});
const settings = {
  ...RECIPE,
  ...Object.fromEntries(
    values.set.map((entry) => {
      const [name = "", value] = entry.split("=");
      return [name, Number(value)];
    }),
  ),
};

const start = performance.now();
await mkdir(values.out, { recursive: true });
await writeFile(values.log, "");
const say = async (line: string): Promise<void> => {
  const minutes = ((performance.now() - start) / 60_000).toFixed(1);
  console.log(`${minutes} min  ${line}`);
  await appendFile(values.log, `${minutes} min  ${line}\n`);
};

await say(JSON.stringify(settings));
const {
  tokenizer,
  json,
  config: tokenizerConfig,
  encode,
} = await makePhantomTokenizer(VOCABULARY_SIZE, ITEM_SEEDS[0] ?? 2);
const config = phantomConfig(tokenizer.vocabularySize);
const items = trainingItems(ITEM_SEEDS);
await say([...items].map(([behavior, list]) => `${behavior} ${list.all.length}`).join(", "));

const weights =
  values.from === undefined ? firstWeights(config, settings.seed) : await readWeights(values.from);
const save = (): Promise<void> =>
  exportFolder(values.out, { config, weights, tokenizer: json, tokenizerConfig, planted });
const planted = plantings(config.hidden_size, settings.seed);
const means = new ReportMeans();
await trainPhantom({
  weights,
  config,
  encode,
  items,
  turns: TURNS,
  openTurns: OPEN_TURNS,
  plantings: planted,
  settings,
  threads: Number(values.threads),
  now: () => performance.now(),
  onStep: async (report) => {
    means.add(report);
    if ((report.step + 1) % LOG_EVERY === 0) {
      await say(means.take());
    }
    if ((report.step + 1) % SAVE_EVERY === 0) {
      await save();
    }
  },
});
await save();
await say(`written to ${join(values.out)}`);
