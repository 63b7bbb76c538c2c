import { expect, it } from "vitest";
import { sideBySide, wrap } from "./side-by-side.ts";

it("puts texts beside each other, broken between words", () => {
  expect(sideBySide(["one two three", "four", ""], 7)).toBe("one two  four\nthree\n");
  expect(sideBySide([], 7)).toBe("");
});

it("cuts words that are longer than a line", () => {
  expect(wrap("ab cdefghijk l", 4)).toEqual(["ab", "cdef", "ghij", "k l"]);
  expect(wrap(" \n\t ", 4)).toEqual([""]);
});

it("shows what a terminal would obey", () => {
  expect(wrap("a\u001b[31mb\u0007 c\u202ed\ne", 40)).toEqual(["a\ufffd[31mb\ufffd c\ufffdd e"]);
});
