import { openModel } from "../../packages/llama/dist/index.js";
import { alternate } from "../lib/alternate.mjs";
import {
  floatFolder,
  ggufFile,
  read,
  readConfig,
  sineVector,
  spreadSubset,
  step,
} from "../lib/inputs.mjs";
import { slowSide } from "../lib/peers.mjs";
import { comparison, fastest, least, shareOfLimit } from "../lib/rows.mjs";
import { timed } from "../lib/timed.mjs";
import { generationWork, limitSeconds, modelSizes } from "../lib/work.mjs";

const LAYER = 14;
const MULTIPLIERS = [-1, 0, 1];
/** Streams of llama.cpp, and how many prompts they begin with. */
const STREAMS = { 1: 8, 8: 32, 32: 96 };
/** Rows of a batch of ours, by default. */
const BATCH = 32;

export const openEnded = {
  name: "open-ended",
  title: "open-ended: 50 questions x multipliers -1, 0, 1 x 100 tokens",
  byDefault: true,
  rounds: 3,
  peers: ["reference", "llama.cpp"],
  how: "SmolLM2-135M-Instruct, greedy, layer 14, up to 100 tokens a text, prompts included in the time; tokens made a second. Ours runs all 150 texts in float32 (from the folder the reference has); in q4 (from the GGUF file llama.cpp has) without `--full` those of 21 questions. The reference runs a subset of the questions spread over the lengths as all are, at least 60 s a round. llama.cpp (Q4_1, the same prompts, which it cannot steer this way) runs at least 15 s a round with 1, 8 and 32 streams of one context. Rates are extrapolated per token. Limit: operations of each question's prompt once and of each token made, or the bytes of the weights once a step of 32 rows and of the keys and values, the larger.",

  async run({ rounds, full, small, limits, peers, log }) {
    const questions = read("openEnded").slice(0, small ? 2 : 50);
    const tokens = small ? 8 : 100;
    const sizes = modelSizes(readConfig(floatFolder()));
    const models = { float32: await openModel(floatFolder()) };
    const vector = sineVector(models.float32.info.dModel);
    const texts = new Map();
    const secondsAtLimit = {};
    const ours = (dtype, items) => async () => {
      const requests = items.flatMap(({ question }) =>
        MULTIPLIERS.map((multiplier) => ({
          prompt: { user: question },
          steering: [step(LAYER, vector, multiplier)],
        })),
      );
      let made = [];
      const seconds = await timed(async () => {
        made = await models[dtype].generate(requests, { maxNewTokens: tokens });
      });
      const count = made.reduce((sum, text) => sum + text.tokens.length, 0);
      const work = generationWork(sizes, dtype, made, {
        batch: BATCH,
        sameprompt: MULTIPLIERS.length,
      });
      secondsAtLimit[dtype] = limitSeconds(work, limits) / count;
      if (dtype === "float32") {
        made.forEach((text, k) => {
          const { question } = items[Math.floor(k / MULTIPLIERS.length)];
          texts.set(`${MULTIPLIERS[k % MULTIPLIERS.length]} ${question}`, text.tokens.join());
        });
      }
      return { count, seconds };
    };
    let sameTexts = null;
    const byLength = (size) => spreadSubset(questions, size, ({ question }) => question.length);
    const reference = () =>
      slowSide("reference", {
        all: questions.length,
        first: small ? 1 : 6,
        full,
        seconds: small ? 0 : 60,
        subset: byLength,
        ask: async (items) => {
          const answer = await peers.reference.ask({
            command: "generate",
            items,
            layer: LAYER,
            multipliers: MULTIPLIERS,
            tokens,
          });
          const keys = MULTIPLIERS.flatMap((m) => items.map(({ question }) => `${m} ${question}`));
          sameTexts = () => {
            const same = keys.filter((key, i) => sameText(texts.get(key), answer.texts[i])).length;
            return `${same} of ${keys.length} texts are the reference's, token by token`;
          };
          return { count: answer.count, seconds: answer.seconds };
        },
      });
    try {
      models.q4 = await openModel(ggufFile(), { dtype: "q4" });
      const plain = questions.map(({ question }) => ({ prompt: { user: question } }));
      await models.q4.generate(plain.slice(0, 2), { maxNewTokens: 4 }); // warm
      const heads = await models.float32.generate(plain, { maxNewTokens: 1 });
      const prompts = MULTIPLIERS.flatMap(() => heads.map(({ promptTokens }) => promptTokens));
      const streamSides = Object.entries(STREAMS).map(([streams, first]) =>
        slowSide(`llama.cpp ${streams}`, {
          all: prompts.length,
          first: small ? 2 : first,
          full,
          seconds: small ? 0 : 15,
          subset: (size) => prompts.slice(0, size),
          ask: async (some) => {
            const answer = await peers["llama.cpp"].ask({
              command: "generate",
              prompts: some,
              streams: Number(streams),
              tokens,
            });
            return { count: answer.count, seconds: answer.seconds };
          },
        }),
      );
      const results = await alternate(
        [
          { name: "float32", run: ours("float32", questions) },
          { name: "q4", run: ours("q4", full ? questions : byLength(21)) },
          ...(peers.reference === null ? [] : [reference()]),
          ...(peers["llama.cpp"] === null ? [] : streamSides),
        ],
        rounds,
        log,
      );
      const { float32, q4, reference: theirs, ...streams } = results;
      const [bestName, best] = fastest(streams);
      const [ourBest] = fastest({ float32, q4 });
      const beside = (dtype, peerName, peer, checks, note = "") =>
        comparison({
          work: `open-ended, ${dtype}`,
          unit: "tokens/s",
          ours: results[dtype],
          peer,
          peerName,
          limit: shareOfLimit(results[dtype], secondsAtLimit[dtype]),
          note,
          checks,
        });
      const rows = [
        beside(
          "float32",
          "reference",
          theirs,
          ({ ratio }) => [least("ratio", ratio, 25)],
          sameTexts?.(),
        ),
        ...["float32", "q4"].map((dtype) =>
          beside(
            dtype,
            bestName === null ? "llama.cpp" : `${bestName} streams`,
            best,
            ({ ratio }) =>
              // The faster of ours against the fastest of theirs.
              dtype === ourBest ? [least("ratio", ratio, 3)] : [],
          ),
        ),
      ];
      return { rows, results };
    } finally {
      await Promise.all(Object.values(models).map((model) => model.dispose()));
    }
  },
};

/** The reference keeps the token that ends a text. */
function sameText(ours, theirs) {
  return theirs.join() === ours || theirs.slice(0, -1).join() === ours;
}
