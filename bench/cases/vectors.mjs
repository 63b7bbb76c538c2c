import { openModel } from "../../packages/llama/dist/index.js";
import { alternate } from "../lib/alternate.mjs";
import { floatFolder, read, readConfig, spreadSubset } from "../lib/inputs.mjs";
import { slowSide } from "../lib/peers.mjs";
import { comparison, least, shareOfLimit } from "../lib/rows.mjs";
import { timed } from "../lib/timed.mjs";
import { attendedPairs, blockOperations, limitSeconds, modelSizes } from "../lib/work.mjs";

const CHECK_LAYER = 14;
const DTYPES = ["float32", "q4", "q8"];

/**
 * One pass over the tokens before the two answers part (`position` of them), with a leaf for each answer: all blocks, of
 * the last one the keys and values alone, and the rest of it for the two leaves.
 */
function operations(sizes, position) {
  const leafPairs = 2 * (position + 1);
  const whole = attendedPairs(position) + leafPairs;
  return (
    blockOperations(sizes, position + 2, whole, sizes.layers - 1) +
    2 * sizes.keysAndValues * position +
    blockOperations(sizes, 2, leafPairs, 1)
  );
}

export const vectors = {
  name: "vectors",
  title: "vectors of all layers from 60 sycophancy pairs: float32, q4, q8",
  byDefault: true,
  rounds: 3,
  peers: ["reference", "steering-vectors"],
  how: "SmolLM2-135M-Instruct; activations of all 30 layers at the answer letter of 60 contrast pairs. The peers run float32, one forward pass a text, on a subset that is spread over the lengths as all are (the reference at least 60 s a round, the library 10 s), extrapolated per pair; so do q4 on 30 pairs and q8 on 10, without `--full`. Limit: operations of one pass over what the two texts of a pair share, and their two last tokens.",

  async run({ rounds, full, small, limits, peers, log }) {
    const pairs = read("pairs").slice(0, small ? 4 : 60);
    const byLength = (size) => spreadSubset(pairs, size, ({ question }) => question.length);
    const work = {
      float32: pairs,
      q4: full ? pairs : byLength(30),
      q8: full ? pairs : byLength(10),
    };
    const sizes = modelSizes(readConfig(floatFolder()));
    const layers = Array.from({ length: sizes.layers }, (_, layer) => layer);
    const models = {};
    const differences = new Map(); // of a pair's question, at the layer that is compared
    let secondsAtLimit = 0;
    const ours = (dtype, items) => async () => {
      const prompts = items.map((pair) => ({
        user: pair.question,
        positive: pair.answer_matching_behavior,
        negative: pair.answer_not_matching_behavior,
      }));
      const seen = [];
      const seconds = await timed(async () => {
        for await (const activation of models[dtype].contrastActivations(prompts, { layers })) {
          seen.push(activation);
        }
      });
      if (dtype === "float32") {
        const needed = seen.reduce((sum, { position }) => sum + operations(sizes, position), 0);
        secondsAtLimit = limitSeconds({ operations: needed }, limits) / items.length;
        seen.forEach(({ positive, negative }, k) => {
          const at = CHECK_LAYER * (positive.length / layers.length);
          const end = at + positive.length / layers.length;
          const other = negative.subarray(at, end);
          differences.set(
            items[k].question,
            positive.slice(at, end).map((x, i) => x - other[i]),
          );
        });
      }
      return { count: items.length, seconds };
    };
    const checked = {};
    const theirs = (name, first, seconds) =>
      peers[name] === null
        ? []
        : [
            slowSide(name, {
              all: pairs.length,
              first: small ? 2 : first,
              full,
              seconds: small ? 0 : seconds,
              subset: byLength,
              ask: async (items) => {
                const answer = await peers[name].ask({
                  command: "pairs",
                  items,
                  check_layer: CHECK_LAYER,
                });
                checked[name] = { items, vector: answer.vector };
                return { count: answer.count, seconds: answer.seconds };
              },
            }),
          ];
    try {
      for (const dtype of DTYPES) {
        models[dtype] = await openModel(floatFolder(), { dtype });
        await ours(dtype, pairs.slice(0, 2))(); // warm
      }
      const results = await alternate(
        [
          ...DTYPES.map((dtype) => ({ name: dtype, run: ours(dtype, work[dtype]) })),
          ...theirs("reference", 50, 60),
          ...theirs("steering-vectors", 8, 10),
        ],
        rounds,
        log,
      );
      const agreement = (name) =>
        checked[name] === undefined
          ? ""
          : `layer ${CHECK_LAYER}'s vectors of ${checked[name].items.length} pairs differ by ${relativeDifference(checked[name], differences).toExponential(1)}`;
      const beside = (title, dtype, peerName, checks) =>
        comparison({
          work: title,
          unit: "pairs/s",
          ours: results[dtype],
          peer: results[peerName],
          peerName,
          limit: shareOfLimit(results[dtype], secondsAtLimit),
          note: dtype === "float32" ? agreement(peerName) : "",
          checks,
        });
      const rows = [
        beside("vectors", "float32", "reference", ({ ratio, limit }) => [
          least("ratio", ratio, 3.3),
          least("of the limit", limit, 0.85),
        ]),
        beside("vectors", "float32", "steering-vectors", () => []),
        beside("vectors-q4", "q4", "reference", ({ ratio }) => [least("ratio", ratio, 4.2)]),
        beside("vectors-q8", "q8", "float32", ({ ratio }) => [least("ratio", ratio, 1)]),
      ];
      return { rows, results };
    } finally {
      await Promise.all(Object.values(models).map((model) => model.dispose()));
    }
  },
};

/** `||ours - theirs|| / ||theirs||` of the mean differences over the peer's pairs. */
function relativeDifference({ items, vector }, differences) {
  let [off, whole] = [0, 0];
  vector.forEach((theirs, i) => {
    const sum = items.reduce((total, { question }) => total + differences.get(question)[i], 0);
    off += (sum / items.length - theirs) ** 2;
    whole += theirs ** 2;
  });
  return Math.sqrt(off / whole);
}
