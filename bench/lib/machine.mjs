import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

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

/** What others do on the machine, in processors, over the last minute; call it before work of one's own. */
export function load() {
  const [minute] = loadavg();
  return { minute, busy: minute > 0.25 * coreCount() };
}

/** Peak resident memory of this process so far; what the system calls "maxRSS" begins with that of the parent. */
export function peakBytes() {
  const status = "/proc/self/status";
  const line = existsSync(status) ? field(readFileSync(status, "utf8"), "VmHWM") : undefined;
  return (line === undefined ? process.resourceUsage().maxRSS : Number.parseInt(line, 10)) * 1024;
}
