import { describe, expect, test } from "vitest";
import { CaaError } from "../errors/caa-error.ts";
import { encodeSafetensors } from "./encode.ts";
import { parseSafetensorsHeader, safetensorsHeaderLength } from "./header.ts";

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const tensor = (
  begin: number,
  end: number,
  shape: readonly number[] = [(end - begin) / 4],
  dtype = "F32",
): unknown => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
/** Parses a header of these entries before `dataBytes` bytes of data. */
function parse(entries: unknown, dataBytes: number): ReturnType<typeof parseSafetensorsHeader> {
  const header = text(entries);
  return parseSafetensorsHeader(header, 8 + header.length + dataBytes);
}

/** What came of it; an error that is not ours is its own text. */
function outcome(run: () => unknown): string {
  try {
    run();
    return "read";
  } catch (error) {
    return CaaError.isInstance(error) && error.code === "invalid-file" ? "refused" : String(error);
  }
}

test("what is encoded is read back, with its metadata and aligned data", () => {
  const tensors = new Map([
    ["a", { shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6]) }],
    ["b", { shape: [1], data: Float32Array.from([7]) }],
  ]);
  const bytes = encodeSafetensors(tensors, { behavior: "sycophancy" });
  const length = safetensorsHeaderLength(bytes, bytes.length);
  const header = parseSafetensorsHeader(bytes.subarray(8, 8 + length), bytes.length);
  expect(header.metadata).toEqual({ behavior: "sycophancy" });
  for (const [name, { shape, data }] of tensors) {
    const entry = header.tensors.get(name);
    expect(entry?.shape).toEqual(shape);
    expect((entry?.offset ?? 1) % 4).toBe(0);
    expect(new Float32Array(bytes.buffer, entry?.offset, data.length)).toEqual(data);
  }
});

test("what does not fit its shape, or takes a reserved name, is not written", () => {
  const data = new Float32Array(3);
  expect(() => encodeSafetensors(new Map([["a", { shape: [4], data }]]))).toThrow(
    /takes 4 values, got 3/,
  );
  expect(() => encodeSafetensors(new Map([["a", { shape: [-3, -1], data }]]))).toThrow(CaaError);
  expect(() => encodeSafetensors(new Map([["__metadata__", { shape: [3], data }]]))).toThrow(
    /named/,
  );
});

test("every key may look like JSON itself", () => {
  const names = ['a":{', "}]", "\\", 'x\\"'];
  const tensors = new Map(names.map((name) => [name, { shape: [1], data: new Float32Array(1) }]));
  const bytes = encodeSafetensors(tensors);
  const length = safetensorsHeaderLength(bytes, bytes.length);
  expect([
    ...parseSafetensorsHeader(bytes.subarray(8, 8 + length), bytes.length).tensors.keys(),
  ]).toEqual(names);
});

describe("a header that lies is refused", () => {
  test.each([
    ["past the end", { a: tensor(0, 16) }, 8],
    ["overlap", { a: tensor(0, 8), b: tensor(4, 12) }, 12],
    ["hole", { a: tensor(0, 8), b: tensor(12, 16) }, 16],
    ["bytes behind", { a: tensor(0, 8) }, 12],
    ["size unlike the shape", { a: tensor(0, 8, [3]) }, 8],
    ["reversed offsets", { a: tensor(8, 0, [2]) }, 8],
    ["unknown type", { a: tensor(0, 8, [2], "F31") }, 8],
    ["negative size", { a: tensor(0, 8, [-2]) }, 8],
    ["huge size", { a: tensor(0, 8, [2 ** 60, 2 ** 60]) }, 8],
    ["rank", { a: tensor(0, 8, [1, 1, 1, 1, 1, 1, 1, 1, 2]) }, 8],
    ["no object", [1, 2], 0],
    ["no tensor", { a: 3 }, 0],
    ["metadata that looks like a tensor", { __metadata__: tensor(0, 8) }, 8],
    ["metadata that is not text", { __metadata__: { a: 1 } }, 0],
    ["size that is not whole", { a: tensor(0, 8, [2.5]) }, 8],
    ["rest of a tensor missing", { a: { dtype: "F32" } }, 0],
  ])("%s", (_, entries, dataBytes) => {
    expect(() => parse(entries, dataBytes)).toThrow(
      expect.objectContaining({ code: "invalid-file" }),
    );
  });

  test.each([
    [
      '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
    ],
    ['{"a":{"dtype":"U8","shape":[9],"shape":[0],"data_offsets":[0,0]}}'],
    [
      '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061" : {"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
    ],
    ['{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'],
  ])("a key that stands twice or is dangerous: %s", (json) => {
    const header = new TextEncoder().encode(json);
    expect(() => parseSafetensorsHeader(header, 8 + header.length)).toThrow(
      /stands twice|is not allowed/,
    );
  });

  test("metadata of many megabytes, and quotes and backslashes in it", () => {
    const values = { long: 'x\\"'.repeat(3_000_000), end: "\\", pair: '"\\":' };
    const header = text({ __metadata__: values });
    expect(parseSafetensorsHeader(header, 8 + header.length).metadata).toEqual(values);
  });

  test("text that is not UTF-8, and text that is cut off", () => {
    const good = text({ a: tensor(0, 8) });
    const bad = good.slice();
    bad[2] = 0xff;
    expect(() => parseSafetensorsHeader(bad, 8 + bad.length + 8)).toThrow(/UTF-8/);
    for (let length = 0; length < good.length; length++) {
      expect(() => parseSafetensorsHeader(good.subarray(0, length), 8 + length + 8)).toThrow(
        CaaError,
      );
    }
  });

  test("a length beyond the file, and no length", () => {
    const bytes = new Uint8Array(16).fill(255);
    expect(() => safetensorsHeaderLength(bytes, 16)).toThrow(/does not fit/);
    expect(() => safetensorsHeaderLength(bytes.subarray(0, 4), 4)).toThrow(/at least 8/);
  });

  test("bytes changed at random are read or refused, never anything else", () => {
    const good = text({
      __metadata__: { a: "b" },
      a: tensor(0, 8),
      b: tensor(8, 16, [2, 2], "F16"),
    });
    const outcomes = new Set<string>();
    let state = 12345;
    const next = (): number => (state = (state * 48271) % 2147483647);
    for (let round = 0; round < 3000; round++) {
      const bytes = good.slice();
      for (let change = 0; change <= round % 4; change++) {
        bytes[next() % bytes.length] = next() % 256;
      }
      outcomes.add(outcome(() => parseSafetensorsHeader(bytes, 8 + bytes.length + 16)));
    }
    expect([...outcomes].sort()).toEqual(["read", "refused"]);
  });
});
