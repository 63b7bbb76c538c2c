// Prints, as JSON, the rate of large float32 matrix products and the memory bandwidth, the best of several runs each.
// A process of its own: the runtime may be loaded once in a process, and hundreds of megabytes go back at its end.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { gemmModel } from "./gemm-model.mjs";

process.env.ORT_DISABLE_TELEMETRY = "1";
const require = createRequire(new URL("../../packages/llama/package.json", import.meta.url));
const { InferenceSession, Tensor } = require("onnxruntime-node");
const threads = Number(process.argv[2]);

/** Seconds of the fastest of the runs that fit into `patience` seconds, at least five. */
async function fastest(m, k, n, patience) {
  const session = await InferenceSession.create(gemmModel(m, k, n), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const feeds = { x: new Tensor("float32", new Float32Array(m * k).fill(0.5), [m, k]) };
  let best = Infinity;
  const begin = performance.now();
  for (let run = 0; run < 5 || performance.now() - begin < patience * 1000; run++) {
    const start = performance.now();
    await session.run(feeds);
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  await session.release();
  return best;
}

/** Compares two equal buffers, which the C library does at the speed of reading them; one worker a thread. */
const reader = `
  const { parentPort } = require("node:worker_threads");
  const [a, b] = [Buffer.alloc(2 ** 27, 1), Buffer.alloc(2 ** 27, 1)];
  parentPort.on("message", () => parentPort.postMessage(a.equals(b)));
  parentPort.postMessage("ready");`;

async function readBandwidth() {
  const workers = Array.from({ length: threads }, () => new Worker(reader, { eval: true }));
  const answers = () =>
    Promise.all(workers.map((worker) => new Promise((done) => worker.once("message", done))));
  await answers();
  let best = 0;
  for (let run = 0; run < 20; run++) {
    const start = performance.now();
    const all = answers();
    workers.forEach((worker) => worker.postMessage("go"));
    await all;
    best = Math.max(best, (threads * 2 ** 28) / ((performance.now() - start) / 1000));
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return best;
}

const [rows, inner, columns] = [512, 2048, 2048];
const operationsPerSecond = (2 * rows * inner * columns) / (await fastest(rows, inner, columns, 2));
const oneRow = (4 * 8192 * 16384) / (await fastest(1, 8192, 16384, 1));
const read = await readBandwidth();
console.log(
  JSON.stringify({ operationsPerSecond, bytesPerSecond: Math.max(oneRow, read), oneRow, read }),
);
