import { CaaError } from "../../errors/caa-error.ts";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GgufHeader, readGgufHeader } from "./header.ts";
import * as limits from "./limits.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-gguf-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function parse(bytes: Uint8Array): Promise<GgufHeader> {
  const path = join(folder, "file.gguf");
  await writeFile(path, bytes);
  const file = await open(path, "r");
  try {
    return await readGgufHeader(file);
  } finally {
    await file.close();
  }
}

// The smallest writer of the format.
const bytes = (length: number, write: (view: DataView) => void): number[] => {
  const view = new DataView(new ArrayBuffer(length));
  write(view);
  return [...new Uint8Array(view.buffer)];
};
const u32 = (value: number): number[] => bytes(4, (view) => view.setUint32(0, value, true));
const u64 = (value: number | bigint): number[] =>
  bytes(8, (view) => view.setBigUint64(0, BigInt(value), true));
const text = (value: string): number[] => {
  const utf8 = [...new TextEncoder().encode(value)];
  return [...u64(utf8.length), ...utf8];
};
const entry = (key: string, type: number, value: readonly number[]): number[] => [
  ...text(key),
  ...u32(type),
  ...value,
];
interface Info {
  readonly name?: string;
  readonly sizes?: readonly (number | bigint)[];
  readonly type?: number;
  readonly offset?: number | bigint;
}
const info = ({ name = "t", sizes = [8], type = 0, offset = 0 }: Info): number[] => [
  ...text(name),
  ...u32(sizes.length),
  ...sizes.flatMap(u64),
  ...u32(type),
  ...u64(offset),
];
interface Parts {
  readonly version?: number;
  readonly entries?: readonly (readonly number[])[];
  readonly tensors?: readonly Info[];
  readonly data?: number;
  readonly alignment?: number;
}
function gguf({
  version = 3,
  entries = [],
  tensors = [],
  data = 64,
  alignment = 32,
}: Parts): Uint8Array {
  const head = [
    ...u32(0x46554747),
    ...u32(version),
    ...u64(tensors.length),
    ...u64(entries.length),
    ...entries.flat(),
    ...tensors.flatMap(info),
  ];
  const start = Math.ceil(head.length / alignment) * alignment;
  return Uint8Array.from([...head, ...Array.from({ length: start - head.length + data }, () => 0)]);
}

test.each([2, 3])(
  "version %d: every value type, shapes with the slowest axis first",
  async (version) => {
    const file = gguf({
      version,
      entries: [
        entry("u8", 0, [200]),
        entry("i8", 1, [200]),
        entry("u16", 2, [1, 2]),
        entry("i16", 3, [255, 255]),
        entry("u32", 4, u32(4_000_000_000)),
        entry("i32", 5, u32(2 ** 32 - 7)),
        entry(
          "f32",
          6,
          bytes(4, (view) => view.setFloat32(0, 0.5, true)),
        ),
        entry("bool", 7, [1]),
        entry("string", 8, text("Ġ日本")),
        entry("u64", 10, u64(2n ** 63n)),
        entry("i64", 11, u64(2n ** 64n - 5n)),
        entry(
          "f64",
          12,
          bytes(8, (view) => view.setFloat64(0, 0.1, true)),
        ),
        entry("strings", 9, [...u32(8), ...u64(2), ...text("a"), ...text("")]),
        entry("nested", 9, [...u32(9), ...u64(1), ...u32(0), ...u64(2), 1, 2]),
        entry("empty", 9, [...u32(4), ...u64(0)]),
      ],
      tensors: [
        { name: "b", sizes: [32, 2], type: 8, offset: 32 },
        { name: "a", sizes: [4, 2] },
      ],
      data: 32 + 68,
    });
    const { metadata, tensors } = await parse(file);
    expect(Object.fromEntries(metadata)).toEqual({
      u8: 200,
      i8: -56,
      u16: 513,
      i16: -1,
      u32: 4_000_000_000,
      i32: -7,
      f32: 0.5,
      bool: true,
      string: "Ġ日本",
      u64: 2n ** 63n,
      i64: -5,
      f64: 0.1,
      strings: ["a", ""],
      nested: [[1, 2]],
      empty: [],
    });
    const start = file.length - 100;
    expect(Object.fromEntries(tensors)).toEqual({
      a: { type: "F32", shape: [2, 4], offset: start, byteLength: 32 },
      b: { type: "Q8_0", shape: [2, 32], offset: start + 32, byteLength: 68 },
    });
  },
);

test("the alignment that the file names", async () => {
  const file = gguf({
    entries: [entry("general.alignment", 4, u32(128))],
    tensors: [{}],
    alignment: 128,
  });
  expect((await parse(file)).tensors.get("t")?.offset).toBe(128);
});

test("text and arrays longer than the window that is in memory", async () => {
  const long = "x".repeat(1_500_000);
  const many = Array.from({ length: 300_000 }, (_, index) => index % 251);
  const file = gguf({
    entries: [
      entry("long", 8, text(long)),
      entry("many", 9, [...u32(5), ...u64(many.length), ...many.flatMap(u32)]),
      entry("after", 8, text("end")),
    ],
  });
  const { metadata } = await parse(file);
  expect(metadata.get("long")).toBe(long);
  expect(metadata.get("many")).toEqual(many);
  expect(metadata.get("after")).toBe("end");
});

const huge = (type: number, length: number | bigint): number[] =>
  entry("k", 9, [...u32(type), ...u64(length)]);

describe("a file that lies is refused", () => {
  test.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["another file", new TextEncoder().encode("PK".repeat(40))],
    [
      "too many entries",
      Uint8Array.from([...u32(0x46554747), ...u32(3), ...u64(0), ...u64(2n ** 63n), 0]),
    ],
    [
      "too many tensors",
      Uint8Array.from([...u32(0x46554747), ...u32(3), ...u64(2n ** 63n), ...u64(0), 0]),
    ],
    [
      "more entries than bytes",
      Uint8Array.from([...u32(0x46554747), ...u32(3), ...u64(0), ...u64(4000)]),
    ],
    ["a key too long", gguf({ entries: [entry("k".repeat(limits.MAX_NAME_BYTES + 1), 7, [1])] })],
    ["a string past the end", gguf({ entries: [entry("k", 8, u64(1_000_000))] })],
    ["a string of 2^63 bytes", gguf({ entries: [entry("k", 8, u64(2n ** 63n))] })],
    ["an array of 2^63 numbers", gguf({ entries: [huge(4, 2n ** 63n)] })],
    ["an array past the end", gguf({ entries: [huge(4, 1000)] })],
    ["an array of strings past the end", gguf({ entries: [huge(8, 1000)] })],
    [
      "arrays too deep",
      gguf({
        entries: [
          entry("k", 9, [...u32(9), ...u64(1), ...u32(9), ...u64(1), ...u32(9), ...u64(1)]),
        ],
      }),
    ],
    ["an unknown value type", gguf({ entries: [entry("k", 13, [])] })],
    ["an unknown type of entries", gguf({ entries: [huge(99, 1)] })],
    ["a boolean of 2", gguf({ entries: [entry("k", 7, [2])] })],
    ["text that is not UTF-8", gguf({ entries: [entry("k", 8, [...u64(1), 0xff])] })],
    ["a key twice", gguf({ entries: [entry("k", 7, [1]), entry("k", 7, [0])] })],
    ["a tensor twice", gguf({ tensors: [{}, { offset: 32 }] })],
    ["rank 0", gguf({ tensors: [{ sizes: [] }] })],
    ["rank 5", gguf({ tensors: [{ sizes: [1, 1, 1, 1, 8] }] })],
    ["no values", gguf({ tensors: [{ sizes: [8, 0] }] })],
    ["sizes that overflow", gguf({ tensors: [{ sizes: [2n ** 62n, 2n ** 62n] }] })],
    ["an unknown tensor type", gguf({ tensors: [{ type: 77 }] })],
    ["rows that are no whole blocks", gguf({ tensors: [{ sizes: [33], type: 8 }] })],
    ["data past the end", gguf({ tensors: [{ sizes: [17] }] })],
    ["an offset past the end", gguf({ tensors: [{ offset: 2n ** 63n }] })],
    ["an offset that is not aligned", gguf({ tensors: [{ offset: 4 }] })],
    [
      "overlap",
      gguf({
        tensors: [
          { name: "a", sizes: [9] },
          { name: "b", offset: 32, sizes: [4] },
        ],
      }),
    ],
    ["the same data twice", gguf({ tensors: [{ name: "a" }, { name: "b" }] })],
    ["an alignment of 0", gguf({ entries: [entry("general.alignment", 4, u32(0))] })],
    ["an alignment of 12", gguf({ entries: [entry("general.alignment", 4, u32(12))] })],
    ["a huge alignment", gguf({ entries: [entry("general.alignment", 4, u32(2 ** 30))] })],
    ["an alignment that is text", gguf({ entries: [entry("general.alignment", 8, text("32"))] })],
  ])("%s", async (_, file) => {
    await expect(parse(file)).rejects.toThrow(expect.objectContaining({ code: "invalid-file" }));
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["version 1", gguf({ version: 1 }), /version 1/],
    ["big-endian", gguf({ version: 0x03000000 }), /big-endian/],
    [
      "a type that is not read",
      gguf({ tensors: [{ type: 11, sizes: [256] }] }),
      /"t" is stored as Q3_K/,
    ],
  ])("%s, by its name", async (_, file, message) => {
    await expect(parse(file)).rejects.toThrow(expect.objectContaining({ code: "unsupported" }));
    await expect(parse(file)).rejects.toThrow(message);
  });

  test("cut off anywhere", async () => {
    const whole = gguf({
      entries: [entry("k", 8, text("value")), entry("l", 4, u32(1))],
      tensors: [{ name: "a" }, { name: "b", offset: 32 }],
    });
    await parse(whole);
    for (let length = 0; length < whole.length; length++) {
      await expect(parse(whole.subarray(0, length))).rejects.toThrow(
        expect.objectContaining({ code: "invalid-file" }),
      );
    }
  });

  test("bytes changed at random are read or refused, never anything else", async () => {
    const good = new Uint8Array(
      await readFile(
        new URL("../../../../llama/test/fixtures/gguf/tiny-llama.gguf", import.meta.url),
      ),
    );
    let state = 4711;
    const next = (): number => (state = (state * 48271) % 2147483647);
    const errors = new Array<unknown>();
    for (let round = 0; round < 300; round++) {
      const changed = good.slice();
      for (let change = 0; change < 12; change++) {
        changed[next() % 9000] = next() % 256;
      }
      await parse(changed).catch((error: unknown) => errors.push(error));
    }
    expect(errors.filter((error) => !CaaError.isInstance(error))).toEqual([]);
    expect(errors.length).toBeGreaterThan(100);
  });
});
