import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BEHAVIOR_NAMES, builtInItems } from "@caa/datasets";
import { ResultStore } from "@caa/eval";
import { openModel } from "@caa/llama";
import { CONTROL, plantings } from "./documents/plan.ts";
import { modelCard } from "./evaluation/card.ts";
import { type BehaviorEvaluation, evaluateBehavior } from "./evaluation/evaluate-behavior.ts";
import { formatTable } from "./evaluation/format-table.ts";
import { RECIPE } from "./recipe.ts";
import { PLANTED_LAYER, phantomConfig, weightShapes } from "./training/model-shape.ts";

const RANDOM_DIRECTIONS = 8;

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "../../packages/llama/phantom" },
    layer: { type: "string", default: String(PLANTED_LAYER) },
    threads: { type: "string" },
    /** How many open-ended answers of each behavior to print. */
    show: { type: "string", default: "0" },
    /** Write the model card. */
    card: { type: "boolean", default: true },
    behavior: { type: "string", multiple: true },
  },
  allowNegative: true,
});

const store = await mkdtemp(join(tmpdir(), "phantom-"));
await using model = await openModel(values.model, {
  threads: values.threads === undefined ? undefined : Number(values.threads),
});
const planted = plantings(model.info.dModel, RECIPE.seed);
const evaluations = new Array<BehaviorEvaluation>();
for (const behavior of BEHAVIOR_NAMES) {
  if (values.behavior !== undefined && !values.behavior.includes(behavior)) {
    continue;
  }
  console.error(behavior);
  const evaluation = await evaluateBehavior(behavior, {
    model,
    store: new ResultStore(store),
    layer: Number(values.layer),
    direction: planted.find((one) => one.behavior === behavior)?.direction ?? null,
    randomDirections: RANDOM_DIRECTIONS,
  });
  evaluations.push(evaluation);
  const items = builtInItems(behavior)["test-open-ended"];
  evaluation.answers.slice(0, Number(values.show)).forEach((answers, i) => {
    console.log(items[i]?.stem, answers, evaluation.sides[i]);
  });
}
await rm(store, { recursive: true });

const strengths = new Map(planted.map(({ behavior, strength }) => [behavior, strength]));
const table = formatTable(evaluations, strengths);
console.log(table);
if (values.card && values.behavior === undefined) {
  const config = phantomConfig(model.info.vocabularySize);
  const parameters = [...weightShapes(config).values()].reduce(
    (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  const card = modelCard({
    parameters,
    layers: model.info.layerCount,
    dModel: model.info.dModel,
    table,
    control: CONTROL,
    randomDirections: RANDOM_DIRECTIONS,
  });
  const file = join(values.model, "README.md");
  const before = await readFile(file, "utf8").catch(() => "");
  if (before !== card) {
    await writeFile(file, card);
  }
}
