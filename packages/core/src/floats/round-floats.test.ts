import { describe, expect, test } from "vitest";
import { halfFloatTable } from "./half-floats.ts";
import { readBF16 } from "./plain-floats.ts";
import { toBF16Bits, toF16Bits } from "./round-floats.ts";

const allBits = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
const bfloats = new Float32Array(65_536);
readBF16(new Uint8Array(allBits.buffer), bfloats);

describe.each([
  ["float16", halfFloatTable(), toF16Bits, 0x7c00],
  ["bfloat16", bfloats, toBF16Bits, 0x7f80],
] as const)("%s", (_, table, toBits, infinity) => {
  const value = (bits: number): number => table[bits] ?? Number.NaN;

  test("every value keeps its bits", () => {
    const numbers = [...allBits].filter((bits) => (bits & 0x7fff) <= infinity);
    expect(numbers).toHaveLength(2 * (infinity + 1));
    expect(numbers.filter((bits) => toBits(value(bits)) !== bits)).toEqual([]);
    expect(value(toBits(Number.NaN))).toBeNaN();
  });

  test("between two values the nearest, in the middle the even one", () => {
    const wrong = [...allBits].filter((bits) => {
      const gap = value(bits + 1) - value(bits);
      const middle = value(bits) + gap / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      return (
        (bits & 0x7fff) < infinity - 1 &&
        (toBits(middle - gap / 64) !== bits ||
          toBits(middle) !== even ||
          toBits(middle + gap / 64) !== bits + 1)
      );
    });
    expect(wrong).toEqual([]);
  });
});

test("beyond the largest value and infinity itself", () => {
  expect([65_519, 65_520, -65_520, Infinity, -Infinity].map(toF16Bits)).toEqual([
    0x7bff, 0x7c00, 0xfc00, 0x7c00, 0xfc00,
  ]);
  expect([(2 - 2 ** -8) * 2 ** 127, Infinity, -Infinity].map(toBF16Bits)).toEqual([
    0x7f80, 0x7f80, 0xff80,
  ]);
});
