import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild } from "../lib/child.mjs";
import { writeRandomLlama2 } from "../lib/random-llama-2.mjs";
import { figure, least, most } from "../lib/rows.mjs";
import { median } from "../lib/statistics.mjs";
import { timed } from "../lib/timed.mjs";
import {
  attendedPairs,
  blockOperations,
  cacheBytes,
  heldBytes,
  limitSeconds,
  modelSizes,
  weightBytes,
} from "../lib/work.mjs";

export const sevenB = {
  name: "seven-b",
  title: "a model of Llama-2-7B's shape in q4 and q8: load, decoding, prompts, vectors, memory",
  byDefault: true,
  rounds: 3,
  peers: [],
  how: "Random blocks in a temporary folder (q4: 4 GB; with `--full` q8: 8 GB), a process for each type. Decoding: one text, the time of 24 tokens less that of one. Prompt: one of about 200 tokens. Vectors: one contrast pair as long, all 32 layers. Load: the first, with hashing of the file, and a second one. Memory: the peak of the resident set of the whole process. Limit of decoding: the bytes of weights and cache a token at the measured bandwidth; of the others the operations of the blocks on the prompt.",

  async run({ rounds, full, small, limits, log }) {
    const rows = [];
    const results = {};
    for (const bits of full ? [4, 8] : [4]) {
      const folder = mkdtempSync(join(tmpdir(), "caa-bench-"));
      try {
        const model = join(folder, "llama-2-shape");
        let config;
        const writing = await timed(async () => {
          config = await writeRandomLlama2(model, bits);
        });
        log(`q${bits}: weights written in ${writing.toFixed(1)} s`);
        const child = (...sizes) =>
          runChild("seven-b.mjs", [model, join(folder, "cache"), ...sizes.map(String)]);
        const answer = await (small ? child(3, 16, 1) : child(24, 200, rounds));
        const again = await child(2, 1, 1);
        results[`q${bits}`] = { ...answer, again };
        log(`q${bits}: ${JSON.stringify(results[`q${bits}`])}`);
        rows.push(...rowsOf(`q${bits}`, answer, again, modelSizes(config), limits));
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
    return { rows, results };
  },
};

function rowsOf(dtype, answer, again, sizes, limits) {
  const rate = ({ count, seconds }) => count / seconds;
  const line = (what, unit, values, rest = {}) =>
    figure({ work: `seven-b, ${dtype}, ${what}`, unit, values, ...rest });
  const decoded = answer.decode.map(rate);
  const [{ count, prompt }] = answer.decode;
  const bytes = weightBytes(sizes, dtype) + cacheBytes(sizes, prompt + count / 2);
  const reached = limitSeconds({ bytes }, limits) * median(decoded);
  const work = (tokens) => blockOperations(sizes, tokens, attendedPairs(tokens));
  const [read] = answer.prefill;
  const promptLimit = limitSeconds({ operations: work(read.count) }, limits) / read.seconds;
  const pairWork = { operations: work(answer.position + 2) };
  const pairLimit = limitSeconds(pairWork, limits) / answer.extract[0].seconds;
  const q4 = dtype === "q4";
  return [
    line("decoding", "tokens/s", decoded, {
      limit: reached,
      checks: q4 ? [least("of the limit", reached, 0.7)] : [],
    }),
    line("prompt", "tokens/s", [rate(read)], { limit: promptLimit, note: `${read.count} tokens` }),
    line("vectors", "s a pair", [answer.extract[0].seconds], { limit: pairLimit }),
    line("load", "s", [again.load], { note: `first load ${answer.load.toFixed(1)} s` }),
    line("memory", "GB", [answer.peak / 1e9], {
      note: `after loading ${gigabytes(answer.loadPeak)}, after decoding ${gigabytes(answer.decodePeak)}; weights as held ${gigabytes(heldBytes(sizes, dtype))}`,
      checks: q4 ? [most("GB", answer.peak / 1e9, 5.5)] : [],
    }),
  ];
}

const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(2)} GB`;
