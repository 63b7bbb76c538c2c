import { describe, expect, it } from "vitest";
import { formatDuration, progressLine, startProgress } from "./progress.ts";

function run(isTTY: boolean, steps: number, stepMs: number): readonly string[] {
  let time = 1000;
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text) };
  const progress = startProgress({ stderr, isTTY, now: () => time }, "job", "items");
  for (let done = 1; done <= steps; done += 1) {
    time += stepMs;
    progress.update(done, steps);
  }
  progress.end();
  return written;
}

describe("progress", () => {
  it("is silent for two seconds", () => {
    expect(run(true, 19, 100)).toEqual([]);
    expect(run(false, 19, 100)).toEqual([]);
  });

  it("writes one line over on a terminal and clears it", () => {
    const written = run(true, 100, 50);
    expect(written.length).toBeGreaterThan(20);
    expect(written.every((text) => text.startsWith("\r\u001b[2K") && !text.includes("\n"))).toBe(
      true,
    );
    expect(written.at(-1)).toBe("\r\u001b[2K");
  });

  it("writes few lines elsewhere", () => {
    const written = run(false, 200, 1000); // 200 s
    expect(written).toHaveLength(5); // at 2, 12, 72, 132 and 192 s
    expect(written[0]).toBe("job: 2/200 items (1 %), 1/s, 3 min 18 s left\n");
  });

  it("takes the rate from what was done since the first report", () => {
    let time = 0;
    const written: string[] = [];
    const stderr = { write: (text: string) => written.push(text) };
    const progress = startProgress({ stderr, isTTY: false, now: () => time }, "job", "items");
    progress.update(900, 1000);
    time = 5000;
    progress.update(910, 1000);
    expect(written).toEqual(["job: 910/1000 items (91 %), 2/s, 45 s left\n"]);
  });

  it("says rate and time left", () => {
    expect(progressLine("a", "pairs", 120, 408, 4)).toBe(
      "a: 120/408 pairs (29 %), 4/s, 1 min 12 s left",
    );
    expect(progressLine("a", "pairs", 0, 8, 0)).toBe("a: 0/8 pairs (0 %)");
    expect(formatDuration(7500)).toBe("2 h 5 min");
  });
});
