// A training step of the embedded model by this project and by PyTorch, in alternation: `node bench/embedded-training.mjs
// [--rounds N]` after `pnpm --filter @caa/phantom exec tsup`. CAA_BENCH_PYTHON: a Python with torch and transformers.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, threads: { type: "string", default: "2" } },
});
const python = process.env.CAA_BENCH_PYTHON;
if (!python) {
  console.error("bench: expected CAA_BENCH_PYTHON, a Python with torch and transformers");
  process.exit(2);
}

const STEPS = 40;

/** Layers and rows of a step, and tokens of its longest row and targets, means over 15 steps as the trainer makes them. */
const phases = [
  { name: "questions", set: "stemSteps", layers: 3, rows: 40, tokens: 45, targets: 205 },
  { name: "choices", set: "readingSteps", layers: 5, rows: 20, tokens: 75, targets: 108 },
  { name: "answers", set: "steps", layers: 9, rows: 20, tokens: 93, targets: 417 },
  { name: "open answers", set: "openSteps", layers: 9, rows: 22, tokens: 91, targets: 486 },
];

function ours({ set }) {
  const work = mkdtempSync(join(tmpdir(), "caa-bench-"));
  const log = join(work, "log");
  const counts = phases.flatMap((phase) => [
    "--set",
    `${phase.set}=${phase.set === set ? STEPS : 0}`,
  ]);
  execFileSync(
    process.execPath,
    ["dist/train.js", "--threads", values.threads, "--out", work, "--log", log, ...counts],
    { cwd: new URL("../apps/phantom/", import.meta.url), stdio: "ignore" },
  );
  const seconds = [...readFileSync(log, "utf8").matchAll(/ {2}([\d.]+) s$/gm)].map(([, s]) =>
    Number(s),
  );
  rmSync(work, { recursive: true });
  return seconds.at(-1); // a mean of the last 20 steps
}

function peer({ layers, rows, tokens, targets }) {
  const sizes = { layers, rows, tokens, targets, steps: STEPS, threads: values.threads };
  const line = execFileSync(
    python,
    [
      new URL("embedded-training.py", import.meta.url).pathname,
      ...Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  return JSON.parse(line.trim().split("\n").at(-1)).seconds;
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
console.log(`${cpus()[0].model}, ${values.threads} threads, Node ${process.version}`);
for (const phase of phases) {
  const rounds = Array.from({ length: Number(values.rounds) }, () => {
    const theirs = peer(phase);
    return { theirs, own: ours(phase) };
  });
  const own = median(rounds.map((round) => round.own));
  const theirs = median(rounds.map((round) => round.theirs));
  const ratio = median(rounds.map((round) => round.own / round.theirs));
  console.log(
    `${phase.name}: ours ${own.toFixed(3)} s a step, PyTorch ${theirs.toFixed(3)}, ratio ${ratio.toFixed(2)}`,
  );
}
