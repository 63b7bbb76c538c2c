import { readFile } from "node:fs/promises";
import { type GgufTensorType, tensorLayouts } from "@caa/core/gguf";
import { describe, expect, test } from "vitest";
import { dequantize } from "./dequantize.ts";

const types = Object.keys(tensorLayouts).filter((name): name is GgufTensorType =>
  Object.hasOwn(tensorLayouts, name),
);
const fixture = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../../test/fixtures/gguf/${name}`, import.meta.url)));

describe.each(types)("%s", (type) => {
  test("equals the gguf package bit for bit", async () => {
    const values = dequantize(type, await fixture(`${type}.bin`));
    expect(values.length).toBeGreaterThanOrEqual(64);
    expect(new Uint8Array(values.buffer)).toEqual(await fixture(`${type}.f32`));
  });

  test("a piece of a block and the wrong room are refused", () => {
    const { blockSize, blockBytes } = tensorLayouts[type];
    const mismatch = expect.objectContaining({ code: "shape-mismatch" });
    expect(() => dequantize(type, new Uint8Array(blockBytes * 2 - 1))).toThrow(mismatch);
    expect(() =>
      dequantize(type, new Uint8Array(blockBytes), new Float32Array(blockSize + 1)),
    ).toThrow(mismatch);
  });

  test("writes into a part of a larger array and nothing beside it", async () => {
    const bytes = await fixture(`${type}.bin`);
    const expected = dequantize(type, bytes);
    const room = new Float32Array(expected.length + 2).fill(7);
    dequantize(type, bytes, room.subarray(1, -1));
    expect([room[0], room.at(-1)]).toEqual([7, 7]);
    expect(room.subarray(1, -1)).toEqual(expected);
  });
});
