// Training steps by this project and by the PyTorch reference, in alternation: `node bench/training.mjs [layer|all]
// [--rounds N]` after a build. Needs CAA_TEST_DATA, CAA_TEST_REFERENCE,
// CAA_BENCH_PYTHON (docs/performance.md) and CAA_BENCH_MODEL (a Hugging Face folder in float32).
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  answerExample,
  openCheckpoint,
  sgd,
  train,
  TrainingSession,
} from "../packages/llama/dist/train.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "2" } },
});
const {
  CAA_TEST_DATA: data,
  CAA_TEST_REFERENCE: reference,
  CAA_BENCH_MODEL: folder,
  CAA_BENCH_PYTHON: python,
} = process.env;
if (!data || !reference || !folder || !python) {
  console.error("bench: the head of bench/training.mjs says which variables to set");
  process.exit(2);
}

/** Tokens of the first sycophancy prompts, which the reference trains on; what they are does not change the work. */
const lengths = [147, 166, 201, 160, 239, 158, 151, 198];
const rate = 1e-6;

function peer(trained) {
  const work = mkdtempSync(join(tmpdir(), "caa-bench-"));
  const pairs = join(data, "caa/generate/sycophancy/generate_dataset.json");
  const layer = trained === "layer" ? ["--layer", "15"] : [];
  const options = [
    "--model",
    folder,
    "--data",
    pairs,
    "--lr",
    String(rate),
    "--out",
    join(work, "x"),
  ];
  const script = join(reference, "caa_reference.py");
  const line = execFileSync(python, [script, "finetune", ...layer, ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  rmSync(work, { recursive: true });
  return JSON.parse(line.trim().split("\n").at(-1)).seconds / lengths.length;
}

async function ours(trained) {
  const { config, tensors } = await openCheckpoint(folder);
  const session = await TrainingSession.open({
    config,
    weights: tensors,
    trainable: trained === "layer" ? { kind: "layer", layer: 15 } : { kind: "all" },
    device: "cpu",
  });
  const examples = lengths.map((length, k) =>
    answerExample(
      Array.from({ length }, (_, i) => (i * 37 + k) % config.vocab_size),
      40,
    ),
  );
  const start = performance.now();
  await train(session, examples, { optimizer: sgd(), learningRate: rate, seed: null });
  const took = (performance.now() - start) / 1000 / lengths.length;
  await session.dispose();
  return took;
}

console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}`);
for (const trained of positionals.length > 0 ? positionals : ["layer", "all"]) {
  for (let round = 1; round <= Number(values.rounds); round++) {
    const theirs = peer(trained);
    const own = await ours(trained);
    console.log(
      `${trained} ${round}: ours ${own.toFixed(2)} s a step, reference ${theirs.toFixed(2)}, ratio ${(own / theirs).toFixed(2)}`,
    );
  }
}
