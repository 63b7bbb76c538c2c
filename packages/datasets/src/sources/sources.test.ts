import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SET_NAMES } from "../process/set-name.ts";
import { SOURCES } from "./catalog.ts";
import { hashItems } from "./hash-items.ts";
import { filesOf } from "./source.ts";

describe("the catalog", () => {
  it("has every set once, with what can be downloaded first", () => {
    expect(SOURCES.map(({ name }) => name)).toEqual([...SET_NAMES]);
    for (const { forms } of SOURCES) {
      expect(forms[0].every(({ origin }) => origin !== null)).toBe(true);
    }
  });

  it("has pins of the right lengths, and one for every file but parquet", () => {
    for (const file of SOURCES.flatMap(filesOf)) {
      expect(file.bytes ?? "0".repeat(64)).toMatch(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
      expect(file.items ?? "0".repeat(64)).toMatch(/^[0-9a-f]{64}$/);
      const pinned = file.bytes !== null || file.items !== null;
      expect([file.name, pinned]).toEqual([file.name, !file.name.endsWith(".parquet")]);
    }
  });

  it("has names that stay in their folder", () => {
    for (const file of SOURCES.flatMap(filesOf)) {
      expect(file.name).toMatch(/^[A-Za-z][\w.-]*$/);
    }
  });
});

describe("the hash of items", () => {
  it("is SHA-256 of JSON without blanks, keys in order, a line an item", () => {
    const text = '{"a":[2,{"b":null,"c":"\u00e9"}],"z":1}\n{"a":true}\n';
    expect(hashItems([{ z: 1, a: [2, { c: "\u00e9", b: null }] }, { a: true }])).toBe(
      createHash("sha256").update(text).digest("hex"),
    );
  });

  it("changes with every item and their order, and not with the order of keys", () => {
    const a = { question: "a", answer: "(A)" };
    const b = { question: "b", answer: "(A)" };
    expect(hashItems([{ answer: "(A)", question: "a" }, b])).toBe(hashItems([a, b]));
    const others = [[b, a], [a], [a, b, b], [a, { ...b, answer: "(B)" }], [[a, b]]];
    expect(new Set([[a, b], ...others].map(hashItems)).size).toBe(6);
  });
});
