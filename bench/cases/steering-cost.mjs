import { openModel } from "../../packages/llama/dist/index.js";
import { alternate } from "../lib/alternate.mjs";
import { floatFolder, sineVector, step } from "../lib/inputs.mjs";
import { comparison, most } from "../lib/rows.mjs";
import { sameTokens, timed } from "../lib/timed.mjs";

/** Texts at once, and tokens of each. */
const BATCHES = [
  { rows: 1, tokens: 32 },
  { rows: 32, tokens: 8 },
];

export const steeringCost = {
  name: "steering-cost",
  title: "steering on against off, at one layer and at all, batch 1 and 32",
  byDefault: true,
  rounds: 30,
  peers: [],
  how: "SmolLM2-135M-Instruct in float32, texts of one short prompt, without steering, with a vector at layer 14 and with one at each of the 30 layers. The vectors are so small (0.1 millionths) that the texts stay the same, which is checked: the work differs by the steering alone. The ratio is time with over time without, and its interval that of the median over the rounds, from order statistics.",

  async run({ rounds, small, log }) {
    const model = await openModel(floatFolder());
    const vector = sineVector(model.info.dModel).map((x) => x * 1e-6);
    const steerings = {
      off: [],
      "one layer": [step(14, vector, 1)],
      "every layer": Array.from({ length: model.info.layerCount }, (_, l) => step(l, vector, 1)),
    };
    const rows = [];
    const results = {};
    try {
      for (const { rows: count, tokens } of small ? BATCHES.slice(0, 1) : BATCHES) {
        const check = sameTokens();
        const sides = Object.entries(steerings).map(([name, steering]) => ({
          name,
          run: async () => {
            const request = { prompt: { user: "Tell me about the sea." }, steering };
            let made = [];
            const seconds = await timed(async () => {
              const requests = Array.from({ length: count }, () => request);
              made = await model.generate(requests, { maxNewTokens: tokens, batchSize: count });
            });
            return { count: check(made), seconds };
          },
        }));
        await alternate(sides, 1); // warm
        const measured = await alternate(sides, rounds, rounds > 5 ? undefined : log);
        results[`batch ${count}`] = measured;
        for (const name of Object.keys(steerings).slice(1)) {
          rows.push(
            comparison({
              work: `steering-cost, ${name}, batch ${count}`,
              unit: "tokens/s",
              ours: measured[name],
              peer: measured.off,
              peerName: "off",
              inverse: true,
              checks: ({ interval }) => [most("upper end", interval?.[1] ?? null, 1.02)],
            }),
          );
        }
        log(`batch ${count} done`);
      }
      return { rows, results };
    } finally {
      await model.dispose();
    }
  },
};
