// llama.cpp through node-llama-cpp: texts from prompts in tokens, greedy, so many at a time in one context.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [module, file, threads] = process.argv.slice(2);
const { getLlama } = await import(pathToFileURL(module).href);
const llama = await getLlama({
  gpu: false,
  build: "never",
  skipDownload: true,
  maxThreads: Number(threads),
  logLevel: "error",
});
const model = await llama.loadModel({ modelPath: file });
const contexts = new Map();

async function contextOf(streams, length) {
  const key = `${streams} ${length}`;
  if (!contexts.has(key)) {
    const options = { sequences: streams, contextSize: length, threads: Number(threads) };
    const context = await model.createContext(options);
    const sequences = Array.from({ length: streams }, () => context.getSequence());
    contexts.set(key, { context, sequences });
  }
  return contexts.get(key);
}

async function write(sequence, prompt, tokens) {
  await sequence.clearHistory();
  const made = [];
  for await (const token of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    made.push(token);
    if (made.length === tokens || model.isEogToken(token)) {
      break;
    }
  }
  return made;
}

/** A stream takes the next prompt as soon as its text has ended. */
async function generate({ prompts, streams, tokens }) {
  const longest = Math.max(...prompts.map((prompt) => prompt.length));
  const { context, sequences } = await contextOf(streams, longest + tokens + 8);
  const texts = [];
  let next = 0;
  const start = performance.now();
  await Promise.all(
    sequences.map(async (sequence) => {
      while (next < prompts.length) {
        const index = next++;
        texts[index] = await write(sequence, prompts[index], tokens);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const count = texts.reduce((sum, text) => sum + text.length, 0);
  return { count, seconds, texts, threads: context.currentThreads };
}

const commands = {
  generate,
  version: () => ({
    version: `llama.cpp ${llama.llamaCppRelease.release}, ${threads} threads, ${llama.systemInfo.trim()}`,
  }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...request } = JSON.parse(line);
  try {
    console.log(JSON.stringify(await commands[command](request)));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
await llama.dispose();
