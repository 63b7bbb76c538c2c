import type { CliDependencies } from "../dependencies.ts";

/** Nothing is shown of what takes less. */
const QUIET_MS = 2000;
const TTY_EVERY_MS = 100;
/** Away from a terminal a line stays for ever, so that there are few: after 2 s, 12 s, then each minute. */
const LINES_AFTER_MS = [10_000, 60_000] as const;

export interface Progress {
  /** How much is done, of how much; `stage` takes the place of the label. */
  update(done: number, total: number, stage?: string): void;
  /** Removes the line from a terminal. */
  end(): void;
}

/**
 * Progress of one job on stderr: share, rate and time left. One line that is written over on a terminal, few lines elsewhere,
 * and nothing at all for jobs of less than two seconds.
 */
export function startProgress(
  { stderr, isTTY, now }: Pick<CliDependencies, "stderr" | "isTTY" | "now">,
  label: string,
  unit: string,
): Progress {
  const start = now();
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = 0;
  // The rate is of what was done since the first report: a run that goes on begins with much done.
  let first: { readonly stage: string; readonly done: number; readonly time: number } | null = null;
  let latest: readonly [done: number, total: number, stage: string] | null = null;
  const paint = (): void => {
    if (latest !== null) {
      show(...latest);
    }
  };
  // A step without a report of its own, such as loading weights, is to be seen too.
  const timer = setInterval(paint, 1000).unref();
  return {
    update(done, total, stage = label) {
      latest = [done, total, stage];
      paint();
    },
    end() {
      clearInterval(timer);
      if (isTTY && shown > 0) {
        stderr.write("\r\u001b[2K");
      }
    },
  };

  function show(done: number, total: number, stage: string): void {
    const time = now();
    if (first === null || first.stage !== stage) {
      first = { stage, done, time };
    }
    const wait = isTTY ? TTY_EVERY_MS : (LINES_AFTER_MS[Math.min(shown, 2) - 1] ?? 0);
    if (time - start < QUIET_MS || time - shownAt < wait || isOver(done, total)) {
      return;
    }
    shownAt = time;
    shown += 1;
    const rate = time > first.time ? (1000 * (done - first.done)) / (time - first.time) : 0;
    const line = progressLine(stage, unit, done, total, rate);
    stderr.write(isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  }
}

/** The end of a step that has no parts is nothing to tell. */
function isOver(done: number, total: number): boolean {
  return total <= 1 && done >= total;
}

/** Such as `sycophancy: 120/408 pairs (29 %), 4.1/s, 1 min 10 s left`. */
export function progressLine(
  label: string,
  unit: string,
  done: number,
  total: number,
  perSecond: number,
): string {
  if (total <= 1) {
    return `${label} ...`;
  }
  const share = total > 0 ? ` (${Math.floor((100 * done) / total)} %)` : "";
  const left =
    perSecond > 0 && total >= done ? `, ${formatDuration((total - done) / perSecond)} left` : "";
  const speed = perSecond > 0 ? `, ${formatAmount(perSecond)}/s` : "";
  const units = unit === "" ? "" : ` ${unit}`;
  return `${label}: ${formatAmount(done)}/${formatAmount(total)}${units}${share}${speed}${left}`;
}

/** Such as `8 s`, `1 min 10 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function formatAmount(value: number): string {
  if (value >= 1e6) {
    return `${(value / 1e6).toFixed(1)}M`;
  }
  return Number.isInteger(value) || value >= 100 ? String(Math.round(value)) : value.toPrecision(2);
}
