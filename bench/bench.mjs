// Measures this project beside its peers: `pnpm bench [NAME ...] [--rounds N] [--full] [--small] [--json FILE]
// [--list]`. `--full` lets the slow peers do all of the work, `--small` shows whether everything runs: its figures mean nothing.
// docs/performance.md says what it needs, how to install the peers, and what came out.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cases } from "./cases/index.mjs";
import { messageOf } from "./lib/alternate.mjs";
import { Missing } from "./lib/inputs.mjs";
import { measureLimits } from "./lib/limits.mjs";
import { describeMachine, load } from "./lib/machine.mjs";
import { openPeers } from "./lib/peers.mjs";
import { markdown } from "./lib/table.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string" },
    full: { type: "boolean", default: false },
    small: { type: "boolean", default: false },
    json: { type: "string", default: "bench-results.json" },
    list: { type: "boolean", default: false },
  },
});
const log = (text) => console.error(text);

function fail(text) {
  log(`bench: ${text}`);
  process.exit(2);
}

if (values.list) {
  for (const { name, title, byDefault } of cases) {
    console.log(`${name.padEnd(14)} ${title}${byDefault ? "" : " (only by name)"}`);
  }
  process.exit(0);
}
const rounds = values.rounds === undefined ? null : Number(values.rounds);
if (rounds !== null && !(Number.isInteger(rounds) && rounds >= 1)) {
  fail(`expected --rounds to be a whole number from 1 on, got "${values.rounds}"`);
}
const unknown = positionals.find((name) => cases.every((one) => one.name !== name));
if (unknown !== undefined) {
  fail(`unknown "${unknown}"; there are ${cases.map(({ name }) => name).join(", ")}`);
}
const chosen = cases.filter(({ name, byDefault }) =>
  positionals.length > 0 ? positionals.includes(name) : byDefault,
);

const root = fileURLToPath(new URL("..", import.meta.url));
const llama = JSON.parse(readFileSync(`${root}/packages/llama/package.json`, "utf8"));
const results = {
  date: new Date().toISOString().slice(0, 16),
  machine: {
    ...describeMachine(),
    runtime: llama.dependencies["onnxruntime-node"],
    commit: commit(),
  },
  limits: null,
  peers: {},
  full: values.full,
  small: values.small,
  cases: [],
};
// After each case, so that what was measured outlives whatever comes next.
const save = () => writeFileSync(values.json, `${JSON.stringify(results, null, 1)}\n`);

for (const one of chosen) {
  await runCase(one);
  save();
}
console.log(markdown(results));
log(`results: ${values.json}; ${Math.round(performance.now() / 60_000)} minutes`);
process.exitCode = results.cases.some(({ error, skipped }) => error !== null && !skipped) ? 1 : 0;

async function runCase(one) {
  const { name, how } = one;
  const entry = {
    name,
    how,
    rounds: rounds ?? (values.small ? 1 : one.rounds),
    rows: [],
    results: {},
    error: null,
    skipped: false,
  };
  results.cases.push(entry);
  const before = await load();
  const start = performance.now();
  log(
    `${name}: ${one.title}${before.busy ? ` (the machine is BUSY: others take ${Math.round(before.others * 100)} % of it)` : ""}`,
  );
  const peers = await openPeers(one.peers, log);
  try {
    results.limits = highest(await measureLimits(), results.limits);
    Object.assign(results.peers, peers.versions);
    const done = await one.run({
      rounds: entry.rounds,
      full: values.full,
      small: values.small,
      limits: results.limits,
      peers,
      log: (text) => log(`  ${text}`),
    });
    Object.assign(entry, done);
  } catch (error) {
    entry.error = messageOf(error);
    entry.skipped = error instanceof Missing;
    log(`${name} ${entry.skipped ? "SKIPPED" : "FAILED"}: ${entry.error}`);
  } finally {
    peers.close();
    entry.seconds = (performance.now() - start) / 1000;
    entry.load = { before, after: await load() };
  }
}

/** The best so far of each: other work on the machine only ever makes them lower. */
function highest(measured, before) {
  return Object.fromEntries(
    Object.entries(measured).map(([name, value]) => [name, Math.max(value, before?.[name] ?? 0)]),
  );
}

function commit() {
  try {
    const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
    const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return "unknown";
  }
}
