import { describe, expect, it } from "vitest";
import {
  collectLayers,
  collectMultipliers,
  parseCount,
  parseWhole,
  parseWithin,
  splitNegativeLists,
} from "./numbers.ts";

describe("layers", () => {
  it("reads ranges, lists and mixes of them, ascending and once each", () => {
    expect(collectLayers("0-3", undefined)).toEqual([0, 1, 2, 3]);
    expect(collectLayers("9,5,0", undefined)).toEqual([0, 5, 9]);
    expect(collectLayers("2-4", collectLayers("7,3", undefined))).toEqual([2, 3, 4, 7]);
  });

  it.each(["", ",", "x", "-1", "1.5", "3-", "5-2", "0-999999", "1e3"])("refuses %j", (text) => {
    expect(() => collectLayers(text, undefined)).toThrow(/Expected/);
  });
});

describe("multipliers", () => {
  it("reads negative and broken numbers in their order, once each", () => {
    expect(collectMultipliers("-1,0,1.5,-.5,2e-1,-1", undefined)).toEqual([-1, 0, 1.5, -0.5, 0.2]);
    expect(Object.is(collectMultipliers("-0", undefined)[0], 0)).toBe(true);
  });

  it.each(["", "one", "NaN", "Infinity", "1e999", "0x10", "1-2"])("refuses %j", (text) => {
    expect(() => collectMultipliers(text, undefined)).toThrow(/Expected/);
  });
});

describe("lists that begin with a minus", () => {
  it("are split behind --multipliers alone", () => {
    expect(splitNegativeLists(["--multipliers", "-1,0,1", "--prompt", "-1,2"])).toEqual([
      "--multipliers",
      "-1",
      "0",
      "1",
      "--prompt",
      "-1,2",
    ]);
  });
});

describe("single numbers", () => {
  it("are checked", () => {
    expect(parseCount("50")).toBe(50);
    expect(() => parseCount("0")).toThrow(/from 1 on/);
    expect(parseWhole("0")).toBe(0);
    expect(() => parseWhole("-1")).toThrow(/from 0 on/);
    expect(parseWithin(0, 1)("0.9")).toBe(0.9);
    expect(() => parseWithin(0, 1)("1.1")).toThrow(/from 0 to 1/);
  });
});
