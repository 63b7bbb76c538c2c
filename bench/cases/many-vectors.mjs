import { openModel } from "../../packages/llama/dist/index.js";
import { alternate } from "../lib/alternate.mjs";
import { floatFolder, sineVector, step } from "../lib/inputs.mjs";
import { comparison, least } from "../lib/rows.mjs";
import { sameTokens, timed } from "../lib/timed.mjs";

const ROWS = 256;

export const manyVectors = {
  name: "many-vectors",
  title: "K different vectors in one batch of 256 rows, K = 1, 16, 256",
  byDefault: true,
  rounds: 7,
  peers: [],
  how: "SmolLM2-135M-Instruct in float32, 256 texts of 6 tokens in one batch, steered at layer 14: row r by vector r mod K. As in steering-cost the vectors are too small to change a text, which is checked. The ratio is that of the rates, K vectors over one; `--full` has K = 4 and 64 too.",

  async run({ rounds, full, small, log }) {
    const model = await openModel(floatFolder(), { promptStyle: "llama2-base" });
    const vectors = Array.from({ length: ROWS }, (_, k) =>
      sineVector(model.info.dModel).map((x) => x * 1e-6 * (1 + k / ROWS)),
    );
    const check = sameTokens();
    const sides = (full ? [1, 4, 16, 64, 256] : [1, 16, 256]).map((k) => ({
      name: `K = ${k}`,
      run: async () => {
        const requests = Array.from({ length: ROWS }, (_, row) => ({
          prompt: { user: "Tell me about the sea." },
          steering: [step(14, vectors[row % k], 1)],
        }));
        let made = [];
        const seconds = await timed(async () => {
          made = await model.generate(requests, { maxNewTokens: small ? 2 : 6, batchSize: ROWS });
        });
        return { count: check(made), seconds };
      },
    }));
    try {
      await alternate(sides.slice(0, 1), 1); // warm
      const results = await alternate(sides, rounds, log);
      const rows = sides.slice(1).map(({ name }) =>
        comparison({
          work: `many-vectors, ${name}`,
          unit: "tokens/s",
          ours: results[name],
          peer: results["K = 1"],
          peerName: "K = 1",
          checks: ({ ratio }) => [least("ratio", ratio, 0.95)],
        }),
      );
      return { rows, results };
    } finally {
      await model.dispose();
    }
  },
};
