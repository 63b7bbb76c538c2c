import { describe, expect, it } from "vitest";
import { compressionRatio } from "./compression-ratio.ts";
import { repetition } from "./repetition.ts";

describe("repetition", () => {
  it.each([
    ["a b c d a b c d", 0.2],
    ["one two three four five six", 0],
    ["no no no no no no no no no no", 1 - 1 / 7],
    ["Stop, stop, stop, stop, stop", 1 - 2 / 6], // words: stop , stop , stop , stop , stop
    ["ДА да да да да", 0.5],
  ])("of %j is %s", (text, expected) => {
    expect(repetition(text)).toBeCloseTo(expected, 12);
  });

  it("has nothing to say of fewer than four words", () => {
    expect(repetition("a b c")).toBeNull();
    expect(repetition("  ")).toBeNull();
  });

  it("grows as a text runs into a loop", () => {
    const start = "I would rather go out for a walk than stay at home all day";
    const shares = [0, 1, 2, 4, 8].map((times) =>
      repetition(`${start}${", and so on".repeat(times)}`),
    );
    expect(shares).toEqual([...shares].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(shares[0]).toBe(0);
    expect(shares[4]).toBeGreaterThan(0.5);
  });
});

describe("compressionRatio", () => {
  it("is small for a loop, more for prose, and counts bytes", () => {
    const prose =
      "When the ferry was late we sat on the wall by the harbor, counted gulls, and argued about which of us had forgotten the tickets at home.";
    const loop = "I am sure. ".repeat(30);
    expect(compressionRatio(loop)).toBeLessThan(0.1);
    expect(compressionRatio(prose)).toBeGreaterThan(0.5);
    expect(compressionRatio("ä")).toBeGreaterThan(1); // two bytes that cannot be pressed
    expect(compressionRatio("")).toBeNull();
  });
});
