import { openModel } from "../../packages/llama/dist/index.js";
import { floatFolder, read, sineVector, step } from "../lib/inputs.mjs";
import { figure, most } from "../lib/rows.mjs";

const LAYERS = [8, 14, 20];
const MULTIPLIERS = [-1, 0, 1];

export const soak = {
  name: "soak",
  title: "20,000 tokens and 2,000 A/B items in one process: what memory does",
  byDefault: false,
  rounds: 1,
  peers: [],
  how: "SmolLM2-135M-Instruct in float32: A/B items under three multipliers at a layer that changes, and texts in batches of 32, until 2,000 items and 20,000 tokens are done; resident memory after a tenth of it (warm) and at the end.",

  async run({ small, log }) {
    const wanted = small ? { items: 40, tokens: 400 } : { items: 2000, tokens: 20_000 };
    const model = await openModel(floatFolder());
    const vector = sineVector(model.info.dModel);
    const items = read("ab");
    const questions = read("openEnded");
    const done = { items: 0, tokens: 0 };
    const memory = [];
    const take = (list, start, count) =>
      Array.from({ length: count }, (_, k) => list[(start + k) % list.length]);
    try {
      for (let turn = 0; done.items < wanted.items || done.tokens < wanted.tokens; turn++) {
        const steerings = MULTIPLIERS.map((multiplier) => [
          step(LAYERS[turn % LAYERS.length], vector, multiplier),
        ]);
        if (done.items < wanted.items) {
          const some = take(items, done.items, 20);
          const prompts = some.map(({ question }) => ({ user: question, answers: ["(A)", "(B)"] }));
          for await (const _ of model.choiceProbabilities(prompts, steerings)) {
            done.items++;
          }
        }
        if (done.tokens * wanted.items < wanted.tokens * done.items || done.items >= wanted.items) {
          const requests = take(questions, turn * 32, 32).map(({ question }, k) => ({
            prompt: { user: question },
            steering: steerings[k % steerings.length],
          }));
          const made = await model.generate(requests, { maxNewTokens: small ? 10 : 40 });
          done.tokens += made.reduce((sum, text) => sum + text.tokens.length, 0);
        }
        const share = Math.min(done.items / wanted.items, done.tokens / wanted.tokens);
        memory.push({ share, bytes: process.memoryUsage.rss() });
        log(
          `${done.items} items, ${done.tokens} tokens, ${(memory.at(-1).bytes / 1e6).toFixed(0)} MB`,
        );
      }
      const warm = memory.find(({ share }) => share >= 0.1).bytes;
      const end = memory.at(-1).bytes;
      const row = figure({
        work: `soak: ${done.items} items, ${done.tokens} tokens`,
        unit: "MB at the end",
        values: [end / 1e6],
        note: `${(warm / 1e6).toFixed(0)} MB after warm-up`,
        checks: [most("end over warm", end / warm, 1.05)],
      });
      return { rows: [row], results: { memory } };
    } finally {
      await model.dispose();
    }
  },
};
