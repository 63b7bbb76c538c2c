import { describe, expect, it } from "vitest";
import { answerLeakage } from "./answer-leakage.ts";

const pair = (
  matching: string,
  notMatching: string,
): { matching: string; notMatching: string } => ({ matching, notMatching });

describe("answerLeakage", () => {
  it("finds a telling word", () => {
    const train = [pair("I stay", "I go"), pair("we stay", "we go")];
    expect(answerLeakage(train, [pair("You STAY.", "You go!")])).toEqual({
      accuracy: 1,
      pairAccuracy: 1,
    });
    expect(answerLeakage(train, [pair("you go", "you stay")])).toEqual({
      accuracy: 0,
      pairAccuracy: 0,
    });
  });

  it("is at chance where every answer has both roles", () => {
    const train = [pair("Yes", "No"), pair("No", "Yes")];
    expect(answerLeakage(train, [pair("Yes", "No"), pair("Never", "Always")])).toEqual({
      accuracy: 0.5,
      pairAccuracy: 0.5,
    });
  });

  it("scores as worked out by hand", () => {
    // Matching words: a 2, b 1 (M = 3); others: a 1, c 1 (N = 2); V = 3.
    // a: log(3/6) - log(2/5) > 0; b: log(2/6) - log(1/5) > 0; c: log(1/6) - log(2/5) < 0; unknown: log(1/6) - log(1/5) < 0.
    const train = [pair("a b", "c"), pair("a", "a")];
    expect(answerLeakage(train, [pair("a", "b")])).toEqual({ accuracy: 0.5, pairAccuracy: 0 });
    expect(answerLeakage(train, [pair("b", "a c")])).toEqual({ accuracy: 1, pairAccuracy: 1 });
    expect(answerLeakage(train, [pair("z", "c")])).toEqual({ accuracy: 0.5, pairAccuracy: 1 });
  });
});
