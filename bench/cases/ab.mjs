import { openModel } from "../../packages/llama/dist/index.js";
import { alternate } from "../lib/alternate.mjs";
import { floatFolder, read, readConfig, sineVector, spreadSubset, step } from "../lib/inputs.mjs";
import { slowSide } from "../lib/peers.mjs";
import { comparison, least, shareOfLimit } from "../lib/rows.mjs";
import { timed } from "../lib/timed.mjs";
import {
  attendedPairs,
  blockOperations,
  headOperations,
  limitSeconds,
  modelSizes,
} from "../lib/work.mjs";

const MULTIPLIERS = [-1, 0, 1];
/** Layers of the peers, which share nothing between cells: what they take per evaluation is the same at all layers. */
const PEER_LAYERS = [8, 14, 20];

/**
 * Of one item: the tokens before the first steered one once; of the `count` steered ones a plain leaf through all blocks,
 * and one for each layer and nonzero multiplier through the blocks above it; the logits at the end of each leaf.
 */
function operations(sizes, { first, count }) {
  const { layers } = sizes;
  const signs = MULTIPLIERS.filter((multiplier) => multiplier !== 0).length;
  const leafBlocks = layers + signs * ((layers * (layers - 1)) / 2);
  return (
    blockOperations(sizes, first, attendedPairs(first), layers - 1) +
    2 * sizes.keysAndValues * first +
    blockOperations(sizes, count, attendedPairs(count, first), leafBlocks) +
    headOperations(sizes, 1 + signs * layers)
  );
}

export const ab = {
  name: "ab",
  title: "A/B: 20 items x 30 layers x multipliers -1, 0, 1",
  byDefault: true,
  rounds: 3,
  peers: ["reference", "steering-vectors"],
  how: "SmolLM2-135M-Instruct in float32. Ours runs the whole sweep, 1,800 evaluations whose prompts are shared by all of an item's cells. The peers share nothing between cells and run layers 8, 14 and 20 on a subset of the items spread over the lengths as all are (the reference at least 60 s a round, the library 10 s), extrapolated per evaluation. Limit: operations of each item's prompt once, of its steered tokens once a cell through the blocks above the cell's layer, and of the cell's logits.",

  async run({ rounds, full, small, limits, peers, log }) {
    const items = read("ab").slice(0, small ? 2 : 20);
    const sizes = modelSizes(readConfig(floatFolder()));
    const model = await openModel(floatFolder());
    const vector = sineVector(model.info.dModel);
    const layers = Array.from({ length: sizes.layers }, (_, layer) => layer);
    const cells = layers.flatMap((layer) =>
      MULTIPLIERS.map((multiplier) => ({ layer, multiplier })),
    );
    const measured = new Map(); // p(A) of `question layer multiplier`
    const key = (question, { layer, multiplier }) => `${layer} ${multiplier} ${question}`;
    let secondsAtLimit = 0;
    const sweep = (some) => async () => {
      const prompts = some.map(({ question }) => ({ user: question, answers: ["(A)", "(B)"] }));
      const steerings = cells.map(({ layer, multiplier }) => [step(layer, vector, multiplier)]);
      const seen = [];
      const seconds = await timed(async () => {
        for await (const results of model.choiceProbabilities(prompts, steerings)) {
          seen.push(results);
        }
      });
      let needed = 0;
      seen.forEach((results, k) => {
        needed += operations(sizes, results.find(({ steered }) => steered !== null).steered);
        results.forEach(({ probabilities: [a] }, cell) => {
          measured.set(key(some[k].question, cells[cell]), a);
        });
      });
      const count = seen.length * cells.length;
      secondsAtLimit = limitSeconds({ operations: needed }, limits) / count;
      return { count, seconds };
    };
    const differences = {};
    const theirs = (name, first, seconds) =>
      peers[name] === null
        ? []
        : [
            slowSide(name, {
              all: items.length,
              first: small ? 1 : first,
              full,
              seconds: small ? 0 : seconds,
              subset: (size) => spreadSubset(items, size, ({ question }) => question.length),
              ask: async (some) => {
                const answer = await peers[name].ask({
                  command: "ab",
                  items: some,
                  layers: full ? layers : PEER_LAYERS,
                  multipliers: MULTIPLIERS,
                });
                const order = (full ? layers : PEER_LAYERS).flatMap((layer) =>
                  MULTIPLIERS.flatMap((multiplier) =>
                    some.map(({ question }) => key(question, { layer, multiplier })),
                  ),
                );
                differences[name] = () =>
                  Math.max(...answer.a.map((a, i) => Math.abs(a - measured.get(order[i]))));
                return { count: answer.count, seconds: answer.seconds };
              },
            }),
          ];
    try {
      await sweep(items.slice(0, 1))(); // warm
      const results = await alternate(
        [
          { name: "ours", run: sweep(items) },
          ...theirs("reference", 12, 60),
          ...theirs("steering-vectors", 2, 10),
        ],
        rounds,
        log,
      );
      const beside = (peerName, checks) =>
        comparison({
          work: "ab",
          unit: "evaluations/s",
          ours: results.ours,
          peer: results[peerName],
          peerName,
          limit: shareOfLimit(results.ours, secondsAtLimit),
          note:
            peerName in differences
              ? `p(A) differs by at most ${differences[peerName]().toExponential(1)}`
              : "",
          checks,
        });
      const rows = [
        beside("reference", ({ ratio }) => [least("ratio", ratio, 65)]),
        beside("steering-vectors", () => []),
      ];
      return { rows, results };
    } finally {
      await model.dispose();
    }
  },
};
