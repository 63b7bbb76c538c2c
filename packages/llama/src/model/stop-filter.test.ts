import { describe, expect, test } from "vitest";
import { StopFilter } from "./stop-filter.ts";

/** All that comes out when the text arrives in pieces. */
function run(
  stops: readonly string[],
  pieces: readonly string[],
): { text: string; stopped: boolean } {
  const filter = new StopFilter(stops);
  const text = pieces.map((piece) => filter.push(piece)).join("") + filter.flush();
  return { text, stopped: filter.stopped };
}

describe("StopFilter", () => {
  test("ends before the stop, wherever the text is cut into pieces", () => {
    const text = "one two\n\nthree";
    for (let a = 0; a <= text.length; a++) {
      for (let b = a; b <= text.length; b++) {
        const pieces = [text.slice(0, a), text.slice(a, b), text.slice(b)];
        expect(run(["\n\n", "absent"], pieces)).toEqual({ text: "one two", stopped: true });
      }
    }
  });

  test("takes the first of several stops", () => {
    expect(run(["three", "two"], ["one two three"])).toEqual({ text: "one ", stopped: true });
  });

  test("holds back what may become a stop, and gives it at the end", () => {
    const filter = new StopFilter(["END"]);
    expect(filter.push("the EN")).toBe("the ");
    expect(filter.flush()).toBe("EN");
    expect(filter.stopped).toBe(false);
  });
});
