import { openModel } from "../../packages/llama/dist/index.js";
import { alternate } from "../lib/alternate.mjs";
import { floatFolder, ggufFile, read, readConfig } from "../lib/inputs.mjs";
import { comparison, least, shareOfLimit } from "../lib/rows.mjs";
import { timed } from "../lib/timed.mjs";
import { generationWork, limitSeconds, modelSizes } from "../lib/work.mjs";

export const oneStream = {
  name: "one-stream",
  title: "one text at a time, q4, beside llama.cpp on the same file",
  byDefault: true,
  rounds: 5,
  peers: ["llama.cpp"],
  how: "SmolLM2-135M-Instruct's Q4_1 GGUF file: ours as q4 blocks of 32 weights made from it, llama.cpp as it is. Four questions, one after the other, greedy, up to 100 tokens, prompts included in the time; tokens made a second. Limit: the bytes of the weights and of the keys and values once a token, or the operations, the larger.",

  async run({ rounds, small, limits, peers, log }) {
    const tokens = small ? 8 : 100;
    const sizes = modelSizes(readConfig(floatFolder()));
    const model = await openModel(ggufFile(), { dtype: "q4" });
    const questions = read("openEnded").slice(0, small ? 1 : 4);
    const requests = questions.map(({ question }) => ({ prompt: { user: question } }));
    let secondsAtLimit = 0;
    const ours = async () => {
      const made = [];
      const seconds = await timed(async () => {
        for (const request of requests) {
          made.push(...(await model.generate([request], { maxNewTokens: tokens })));
        }
      });
      const count = made.reduce((sum, text) => sum + text.tokens.length, 0);
      const work = generationWork(sizes, "q4", made, { batch: 1, sameprompt: 1 });
      secondsAtLimit = limitSeconds(work, limits) / count;
      return { count, seconds };
    };
    try {
      const heads = await model.generate(requests, { maxNewTokens: 4 }); // warm
      const prompts = heads.map(({ promptTokens }) => promptTokens);
      const theirs = async () => {
        const answer = await peers["llama.cpp"].ask({
          command: "generate",
          prompts,
          streams: 1,
          tokens,
        });
        return { count: answer.count, seconds: answer.seconds };
      };
      const results = await alternate(
        [
          { name: "ours", run: ours },
          ...(peers["llama.cpp"] === null ? [] : [{ name: "llama.cpp", run: theirs }]),
        ],
        rounds,
        log,
      );
      const row = comparison({
        work: "one-stream, q4",
        unit: "tokens/s",
        ours: results.ours,
        peer: results["llama.cpp"],
        peerName: "llama.cpp",
        limit: shareOfLimit(results.ours, secondsAtLimit),
        checks: ({ ratio }) => [least("ratio", ratio, 1)],
      });
      return { rows: [row], results };
    } finally {
      await model.dispose();
    }
  },
};
