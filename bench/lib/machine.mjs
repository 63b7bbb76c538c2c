import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { setTimeout } from "node:timers/promises";

/** Instruction sets on which the speed of matrix products hangs. */
const FLAGS = /^(fma|avx2|avx_vnni|avx512(f|bw|vl|_vnni|_bf16)|amx_\w+|asimddp|i8mm|sve)$/;

const cpuInfo = () =>
  existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8").split("\n\n") : [];
const field = (text, name) => text.match(new RegExp(`^${name}\\s*:\\s*(.*)$`, "m"))?.[1];

/** One thread a physical core, as the runtime has it by default; on other systems than Linux one a processor. */
export function coreCount() {
  const cores = new Set(
    cpuInfo()
      .filter((text) => field(text, "core id") !== undefined)
      .map((text) => `${field(text, "physical id")} ${field(text, "core id")}`),
  );
  return Math.min(cores.size || Infinity, availableParallelism());
}

export function describeMachine() {
  const [first = ""] = cpuInfo();
  const flags = (field(first, "flags") ?? field(first, "Features") ?? "").split(" ");
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: coreCount(),
    flags: flags.filter((flag) => FLAGS.test(flag)),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()}`,
    node: process.version,
  };
}

const BUSY = 0.1;

/**
 * What others do on the machine, while this process waits for a second: the share of all processors that is taken, and
 * the load average, which holds this process's own work of the last minutes too.
 */
export async function load() {
  const before = processorTimes();
  await setTimeout(1000);
  const after = processorTimes();
  const others = 1 - (after.idle - before.idle) / (after.all - before.all);
  return { minute: loadavg()[0], others, busy: others > BUSY };
}

function processorTimes() {
  const times = cpus().map((cpu) => cpu.times);
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    all: times.reduce((sum, all) => sum + Object.values(all).reduce((a, b) => a + b, 0), 0),
  };
}

/** Peak resident memory of this process so far; what the system calls "maxRSS" begins with that of the parent. */
export function peakBytes() {
  const status = "/proc/self/status";
  const line = existsSync(status) ? field(readFileSync(status, "utf8"), "VmHWM") : undefined;
  return (line === undefined ? process.resourceUsage().maxRSS : Number.parseInt(line, 10)) * 1024;
}
