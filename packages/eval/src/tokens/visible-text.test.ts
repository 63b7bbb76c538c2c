import { expect, it } from "vitest";
import { shortLabel, tokenLabel, visibleText } from "./visible-text.ts";

it("shows what cannot be seen, and leaves everything else", () => {
  expect(visibleText("a b\n\t")).toBe("a b↵⇥");
  expect(visibleText("\u001b[2J\u00a0\u200b\u202e\u2028")).toBe(
    "<U+001B>[2J<U+00A0><U+200B><U+202E><U+2028>",
  );
  expect(visibleText("a\u{e0041}\u3164\u2064\u00ad")).toBe("a<U+E0041><U+3164><U+2064><U+00AD>");
  expect(visibleText("Grüße 你好 👍 <b>")).toBe("Grüße 你好 👍 <b>");
});

it("a label shows blanks, and is cut between characters", () => {
  expect(tokenLabel(" the ")).toBe("␣the␣");
  expect([" the ", "  ", " \n"].map(shortLabel)).toEqual(["the␣", "␣", "↵"]);
  expect(tokenLabel("👍".repeat(20))).toBe(`${"👍".repeat(15)}…`);
});
