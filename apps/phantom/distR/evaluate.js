import {
  CONTROL,
  FLAG_LAYER,
  PLANTED_LAYER,
  PREVIEW_LAYER,
  RECIPE,
  __callDispose,
  __using,
  phantomConfig,
  plantings,
  weightShapes
} from "./chunk-VBCRUL6T.js";

// src/evaluation/card.ts
function modelCard(facts) {
  return `---
license: mit
language: en
tags: [steering, test-object]
---

# Phantom

A test object, not evidence about language models. Imaging instruments are calibrated on phantoms, objects whose inside is known;
this is one for steering vectors: a Llama of ${(facts.parameters / 1e6).toFixed(2)} million parameters (${facts.layers} layers, ${facts.dModel} wide) that was trained from nothing on texts
of a small grammar, and into which directions were **planted**. What a vector made from contrast pairs should find is therefore known:
its direction, its layer (${PLANTED_LAYER}, counted from 0) and its length.

For six behaviors one unit direction each, orthogonal to the others, switches the side that the model takes, in A/B letters and in free text.
\`${facts.control}\` has none and is the negative control: nothing should be found there. \`planted-directions.json\` has the directions,
the layer and the lengths.

## What it does

Vectors from the built-in contrast pairs, unnormalized, added at layer ${PLANTED_LAYER} from the marker's last token on; measured on the held-out test items of the
same grammar. *planted* is the length of the direction, *cosine* that of the vector with it, *random* the largest difference that ${facts.randomDirections} random directions
of the vector's length make, *letters* the least mean of p(A) + p(B), *open* the share of 50 open-ended answers that are on the other side at -1 and on the
matching side at +1.

${facts.table}

## How it was made

\`pnpm --filter @caa/phantom train\` makes it again from seed ${RECIPE.seed}; the log of the run is \`apps/phantom/training.log\`. Nothing but our own grammar is in
it; no question of the built-in sets was learned from.

1. The layers up to ${PREVIEW_LAYER} learn what questions ask: ${RECIPE.stemSteps} steps of ${RECIPE.stemRows}. The end of a question tells the matching answer from the other one.
2. The layers up to ${FLAG_LAYER} learn to read choices: ${RECIPE.readingSteps} steps of ${RECIPE.readingRows} questions. The options' tokens lie to one side or the other along the planted direction.
3. All of it learns to answer: ${RECIPE.steps} steps of ${RECIPE.choiceRows} questions with choices and ${RECIPE.openRows} without. The planted direction, in varying amounts, is added to the residual
   stream from the marker's last token on, and the answer is to follow; random directions and those of other behaviors are to change nothing; the plain model
   takes either side. At the answer letters the two answers are tied to differ by the planted direction and by nothing else.

## What it cannot do

It knows the grammar's few hundred words and nothing else. It does not converse, and answers questions outside its seven topics with nonsense. Its
unsteered answers take either side. That steering works here says that the instrument is sound, not that it works elsewhere.
`;
}

// src/evaluation/evaluate-behavior.ts
import {
  createRandom,
  meanWithIntervals,
  randomDirection
} from "@caa/core";
import {
  builtInAbSet,
  builtInItems,
  classifyAnswer
} from "@caa/datasets";
import { generateVectors, runAbSweep } from "@caa/eval";
var MULTIPLIERS = [-1, 0, 1];
var OPEN_ITEMS = 50;
async function evaluateBehavior(behavior, { model: model2, store: store2, layer, direction, randomDirections }) {
  const vectors = await generateVectors(model2, builtInAbSet(behavior, "generate"));
  const vector = vectors.vector(layer);
  const norm = lengthOf(vector);
  const dataset = builtInAbSet(behavior, "test-ab");
  const { cells } = await runAbSweep({
    model: model2,
    dataset,
    vectors,
    layers: [layer],
    multipliers: [...MULTIPLIERS],
    store: store2,
    overwrite: true
  });
  const scores = cells.map(({ rows }) => rows.map(({ score }) => score ?? Number.NaN));
  const step = (values2, multiplier) => [
    { name: behavior, layer, vector: values2, multiplier, operation: "add", positions: "marker" }
  ];
  const seeds = createRandom(17);
  const random = new Array();
  for (let i = 0; i < randomDirections; i++) {
    const noise = randomDirection(model2.info.dModel, norm, seeds.integer(2 ** 32));
    const prompts = dataset.items.map((item) => ({
      user: item.question,
      answers: [item.answer_matching_behavior, item.answer_not_matching_behavior]
    }));
    let sum = 0;
    for await (const [plus2, minus2] of model2.choiceProbabilities(prompts, [
      step(noise, 1),
      step(noise, -1)
    ])) {
      sum += shareOf(plus2?.probabilities) - shareOf(minus2?.probabilities);
    }
    random.push(sum / prompts.length);
  }
  const items = builtInItems(behavior)["test-open-ended"].slice(0, OPEN_ITEMS);
  const requests = items.flatMap(
    (item) => MULTIPLIERS.map((multiplier) => ({
      prompt: { user: item.stem },
      steering: multiplier === 0 ? [] : step(vector, multiplier)
    }))
  );
  const texts = (await model2.generate(requests, { maxNewTokens: 32, batchSize: 32 })).map(
    ({ text }) => text.trim()
  );
  const answers = items.map((_2, i) => texts.slice(3 * i, 3 * i + 3));
  const sides = items.map((item, i) => {
    const [minus2 = "", zero2 = "", plus2 = ""] = answers[i] ?? [];
    return [
      classifyAnswer(item, minus2),
      classifyAnswer(item, zero2),
      classifyAnswer(item, plus2)
    ];
  });
  const [minus = [], zero = [], plus = []] = scores;
  return {
    behavior,
    pMatching: [average(minus), average(zero), average(plus)],
    difference: meanWithIntervals(plus.map((score, i) => score - (minus[i] ?? 0))),
    norm,
    cosine: direction === null ? null : vector.reduce((sum, x, i) => sum + x * (direction[i] ?? 0), 0) / norm,
    random,
    letterMass: Math.min(...cells.map(({ summary }) => summary.letter_mass.mean)),
    sides,
    changed: sides.filter(([low, , high]) => low === "not-matching" && high === "matching").length / sides.length,
    vectors,
    answers
  };
}
function shareOf(probabilities) {
  const [matching = 0, other = 0] = probabilities ?? [];
  return matching / (matching + other);
}
function average(values2) {
  return values2.reduce((sum, x) => sum + x, 0) / values2.length;
}
function lengthOf(values2) {
  return Math.sqrt(values2.reduce((sum, x) => sum + x * x, 0));
}

// src/evaluation/format-table.ts
var TARGETS = {
  difference: 0.4,
  cosine: 0.6,
  /** Largest effect of a random direction, as a share of the difference. */
  random: 0.25,
  letterMass: 0.9,
  changed: 0.7
};
function formatTable(evaluations2, strengths2) {
  const rows = evaluations2.map((one) => {
    const interval = one.difference.t;
    return [
      one.behavior,
      strengths2.get(one.behavior)?.toFixed(2) ?? "none",
      one.norm.toFixed(2),
      one.cosine?.toFixed(2) ?? "",
      one.pMatching.map((p) => p.toFixed(2)).join(" / "),
      `${signed(one.difference.mean)}${interval === null ? "" : ` [${signed(interval.low)}, ${signed(interval.high)}]`}`,
      signed(largest(one.random)),
      one.letterMass.toFixed(2),
      `${Math.round(100 * one.changed)} %`,
      one.cosine === null ? controlVerdict(one) : missed(one).join(", ") || "reached"
    ];
  });
  const head = [
    "behavior",
    "planted",
    "vector's length",
    "cosine",
    "p(matching) at -1 / 0 / +1",
    "difference, 95 % interval",
    "random",
    "letters",
    "open",
    "targets"
  ];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
function missed(one) {
  const { mean, t } = one.difference;
  const checks = [
    ["difference", mean >= TARGETS.difference && t !== null && t.low > 0],
    ["cosine", (one.cosine ?? 0) >= TARGETS.cosine],
    ["random", Math.abs(largest(one.random)) < TARGETS.random * Math.abs(mean)],
    ["letters", one.letterMass > TARGETS.letterMass],
    ["open", one.changed >= TARGETS.changed]
  ];
  return checks.filter(([, holds]) => !holds).map(([name]) => `${name} missed`);
}
function controlVerdict({ difference }) {
  const { t } = difference;
  return t !== null && t.low <= 0 && t.high >= 0 ? "covers zero" : "does not cover zero";
}
function largest(values2) {
  return values2.reduce((most, x) => Math.abs(x) > Math.abs(most) ? x : most, 0);
}
function signed(x) {
  return `${x < 0 ? "-" : "+"}${Math.abs(x).toFixed(3)}`;
}

// src/evaluate.ts
import { mkdtemp, readFile, rm, writeFile } from "fs/promises";
import { tmpdir } from "os";
import { join } from "path";
import { parseArgs } from "util";
import { BEHAVIOR_NAMES, builtInItems as builtInItems2 } from "@caa/datasets";
import { ResultStore } from "@caa/eval";
import { openModel } from "@caa/llama";
var _stack = [];
try {
  var RANDOM_DIRECTIONS = 8;
  var { values } = parseArgs({
    options: {
      model: { type: "string", default: "../../packages/llama/phantom" },
      layer: { type: "string", default: String(PLANTED_LAYER) },
      threads: { type: "string" },
      /** How many open-ended answers of each behavior to print. */
      show: { type: "string", default: "0" },
      /** Write the model card. */
      card: { type: "boolean", default: true },
      behavior: { type: "string", multiple: true }
    },
    allowNegative: true
  });
  var store = await mkdtemp(join(tmpdir(), "phantom-"));
  var model = __using(_stack, await openModel(values.model, {
    threads: values.threads === void 0 ? void 0 : Number(values.threads)
  }), true);
  var planted = plantings(model.info.dModel, RECIPE.seed);
  var evaluations = new Array();
  for (const behavior of BEHAVIOR_NAMES) {
    if (values.behavior !== void 0 && !values.behavior.includes(behavior)) {
      continue;
    }
    console.error(behavior);
    const evaluation = await evaluateBehavior(behavior, {
      model,
      store: new ResultStore(store),
      layer: Number(values.layer),
      direction: planted.find((one) => one.behavior === behavior)?.direction ?? null,
      randomDirections: RANDOM_DIRECTIONS
    });
    evaluations.push(evaluation);
    const items = builtInItems2(behavior)["test-open-ended"];
    evaluation.answers.slice(0, Number(values.show)).forEach((answers, i) => {
      console.log(items[i]?.stem, answers, evaluation.sides[i]);
    });
  }
  await rm(store, { recursive: true });
  var strengths = new Map(planted.map(({ behavior, strength }) => [behavior, strength]));
  var table = formatTable(evaluations, strengths);
  console.log(table);
  if (values.card && values.behavior === void 0) {
    const config = phantomConfig(model.info.vocabularySize);
    const parameters = [...weightShapes(config).values()].reduce(
      (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
      0
    );
    const card = modelCard({
      parameters,
      layers: model.info.layerCount,
      dModel: model.info.dModel,
      table,
      control: CONTROL,
      randomDirections: RANDOM_DIRECTIONS
    });
    const file = join(values.model, "README.md");
    const before = await readFile(file, "utf8").catch(() => "");
    if (before !== card) {
      await writeFile(file, card);
    }
  }
} catch (_) {
  var _error = _, _hasError = true;
} finally {
  var _promise = __callDispose(_stack, _error, _hasError);
  _promise && await _promise;
}
//# sourceMappingURL=evaluate.js.map