import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate } from "../lib/alternate.mjs";
import { runChild } from "../lib/child.mjs";
import { floatFolder, ggufFile, readConfig } from "../lib/inputs.mjs";
import { figure, most } from "../lib/rows.mjs";
import { cacheBytes, heldBytes, modelSizes } from "../lib/work.mjs";

const DTYPES = ["float32", "q8", "q4"];

export const start = {
  name: "start",
  title: "from the start of a process to the first token, and its peak of memory",
  byDefault: true,
  rounds: 5,
  peers: [],
  how: "SmolLM2-135M-Instruct's GGUF file, a process for each start. The first start of a type has an empty cache folder (it converts and quantizes), the later ones find it filled. Seconds are those since the process began, Node included. Memory is the peak of the resident set over that of a process that does the same with the embedded model of a million weights, over the weights as held plus the cache of keys and values.",

  async run({ rounds, log }) {
    const sizes = modelSizes(readConfig(floatFolder()));
    const cache = mkdtempSync(join(tmpdir(), "caa-bench-"));
    const child = (model, dtype) => runChild("start.mjs", [model, dtype, cache]);
    try {
      const empty = await child("phantom", "float32");
      const firsts = {};
      for (const dtype of DTYPES) {
        firsts[dtype] = await child(ggufFile(), dtype);
        log(`first start, ${dtype}: ${firsts[dtype].seconds.toFixed(2)} s`);
      }
      const sides = DTYPES.map((dtype) => ({
        name: dtype,
        run: async () => ({ count: 1, ...(await child(ggufFile(), dtype)) }),
      }));
      const results = await alternate(sides, rounds, log);
      const rows = DTYPES.flatMap((dtype) => {
        const runs = results[dtype].runs.filter((run) => run !== null);
        if (runs.length === 0) {
          throw new Error(`${dtype}: ${results[dtype].error}`);
        }
        const seconds = figure({
          work: `start, ${dtype}, later starts`,
          unit: "s",
          values: runs.map((run) => run.seconds),
          note: `first start ${firsts[dtype].seconds.toFixed(2)} s`,
        });
        seconds.checks.push(most("seconds", seconds.ours.median, 2));
        const held = heldBytes(sizes, dtype) + cacheBytes(sizes, runs[0].positions);
        const memory = figure({
          work: `start, ${dtype}, memory over held`,
          unit: "x",
          values: runs.map((run) => (run.peakBytes - empty.peakBytes) / held),
          note: `peak ${megabytes(Math.max(...runs.map((run) => run.peakBytes)))}, of it ${megabytes(empty.peakBytes)} without the model; held ${megabytes(held)}; first start's peak ${megabytes(firsts[dtype].peakBytes)}`,
        });
        memory.checks.push(most("over held", memory.ours.median, 1.3));
        return [seconds, memory];
      });
      return { rows, results: { ...results, empty, firsts } };
    } finally {
      rmSync(cache, { recursive: true });
    }
  },
};

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
