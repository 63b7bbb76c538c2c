// What a large model takes: `seven-b.mjs FOLDER CACHE TOKENS LENGTH ROUNDS`, with a prompt of about LENGTH letters.
import { openModel } from "../../packages/llama/dist/index.js";
import { peakBytes } from "../lib/machine.mjs";
import { timed } from "../lib/timed.mjs";

const [folder, cacheDirectory, ...numbers] = process.argv.slice(2);
const [tokens, length, rounds] = numbers.map(Number);
let model;
const load = await timed(async () => {
  model = await openModel(folder, { cacheDirectory, promptStyle: "llama2-base" });
});
const loadPeak = peakBytes();
const answer = { load, loadPeak, decode: [], prefill: [], extract: [] };
const long = "the sea is deep ".repeat(Math.ceil(length / 16)).slice(0, length);

async function write(user, maxNewTokens) {
  let made;
  const seconds = await timed(async () => {
    [made] = await model.generate([{ prompt: { user } }], { maxNewTokens });
  });
  return { seconds, made: made.tokens.length, prompt: made.promptTokens.length };
}

await write("sea", 2); // warm
for (let round = 0; round < rounds; round++) {
  // The prompt's time is that of a text of one token.
  const one = await write("sea", 1);
  const many = await write("sea", tokens);
  const steps = many.made - one.made;
  answer.decode.push({ count: steps, seconds: many.seconds - one.seconds, prompt: many.prompt });
}
answer.decodePeak = peakBytes();
const { seconds, prompt } = await write(long, 1);
answer.prefill.push({ count: prompt, seconds });
const pair = { user: long, positive: "(A)", negative: "(B)" };
const layers = Array.from({ length: model.info.layerCount }, (_, layer) => layer);
answer.extract.push({
  count: 1,
  seconds: await timed(async () => {
    for await (const { position } of model.contrastActivations([pair], { layers })) {
      answer.position = position;
    }
  }),
});
answer.peak = peakBytes();
await model.dispose();
console.log(JSON.stringify(answer));
