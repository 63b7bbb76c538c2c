// Opens a model, writes one token, and says the peak of its memory: `start.mjs MODEL DTYPE CACHE`.
import { openModel } from "../../packages/llama/dist/index.js";
import { peakBytes } from "../lib/machine.mjs";

const [name, dtype, cacheDirectory] = process.argv.slice(2);
const model = await openModel(name, { dtype, cacheDirectory });
const prompt = { user: "What is the capital of France?" };
const [text] = await model.generate([{ prompt }], { maxNewTokens: 1 });
// Since the process began, the loading of Node included.
const seconds = performance.now() / 1000;
await model.dispose();
const positions = text.promptTokens.length + text.tokens.length;
console.log(JSON.stringify({ seconds, peakBytes: peakBytes(), positions }));
