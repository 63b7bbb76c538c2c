import { describe, expect, test } from "vitest";
import {
  archive,
  int,
  parts,
  pickle,
  tensor,
  text,
  tuple,
} from "../../../test/pickle-assembler.ts";
import { torchFixture, torchFixtures } from "../../../test/torch-fixtures.ts";
import { concatenate, fields } from "./bytes.ts";
import { decodeTorch } from "./decode-torch.ts";
import { OP } from "./pickle-opcodes.ts";
import { DIRECTORY_ENTRY, END64, FILE_HEADER, LOCATOR64 } from "./zip-layout.ts";

const refusal = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ isCaaError: true, code, message: expect.stringMatching(message) });

/** Where a mark stands for the nth time. */
function find(bytes: Uint8Array, mark: number, nth = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = Array.from({ length: bytes.length - 3 }, (_, at) => at).filter(
    (at) => view.getUint32(at, true) === mark,
  );
  return found[nth] ?? Number.NaN;
}

/** A copy with a number of 2 or 4 bytes in another's place. */
function changed(bytes: Uint8Array, at: number, value: number, size: 2 | 4): Uint8Array {
  const copy = bytes.slice();
  copy.set(fields([value, size]), at);
  return copy;
}

describe("archives", () => {
  const good = archive(pickle(tensor()));
  const entry = find(good, DIRECTORY_ENTRY, 1); // of data/0
  const header = find(good, FILE_HEADER, 1);
  const end = good.length - 22;

  test.each([
    ["compressed, by its entry", entry + 10, 8, 2, "unsupported", /is compressed, by method 8/],
    ["compressed, by its header", header + 8, 8, 2, "unsupported", /is compressed, by method 8/],
    ["encrypted", entry + 8, 1, 2, "unsupported", /flags 1/],
    ["another checksum", entry + 16, 1, 4, "invalid-file", /data\/0" does not have the checksum/],
    ["beyond 4 GB", entry + 24, 0xffffffff, 4, "unsupported", /beyond 4 GB/],
    [
      "as a bomb: small and unpacked large",
      entry + 24,
      2 ** 31,
      4,
      "invalid-file",
      /2147483648 bytes are stored as 16/,
    ],
    ["sizes that differ", header + 22, 15, 4, "invalid-file", /of 15 bytes, expected 16/],
    [
      "a header elsewhere",
      find(good, DIRECTORY_ENTRY) + 42,
      1,
      4,
      "invalid-file",
      /expected the header of/,
    ],
    ["a header beyond the end", entry + 42, 2 ** 31, 4, "invalid-file", /cut off/],
    ["the header of the file before", entry + 42, 0, 4, "invalid-file", /overlap/],
    ["a count of files", end + 10, 2, 2, "invalid-file", /one part/],
    ["two counts of files", end + 8, 0x20002, 4, "invalid-file", /the list of files ends at byte/],
    ["a list of files elsewhere", end + 16, 0, 4, "invalid-file", /the list of files is said/],
    ["a comment", end + 20, 1, 2, "invalid-file", /without a comment/],
    ["another disk", end + 4, 1, 2, "invalid-file", /one part/],
  ] as const)("%s", (_, at, value, size, code, message) => {
    expect(decodeTorch(good)).toHaveLength(1);
    expect(() => decodeTorch(changed(good, at, value, size))).toThrow(refusal(code, message));
  });

  test("files that overlap: a storage that has the next file in it", () => {
    const size = 4 * 1024;
    const long = archive(pickle(tensor()), { "archive/data/0": new Uint8Array(size) });
    const at = find(long, DIRECTORY_ENTRY, 1);
    const body = find(long, FILE_HEADER, 1);
    const grown = [at + 20, at + 24, body + 18, body + 22].reduce(
      (bytes, field) => changed(bytes, field, size + 40, 4),
      long,
    );
    // Without checksums, which would be refused first.
    const zeroed = [0, 1, 2].reduce(
      (bytes, nth) => changed(bytes, find(bytes, DIRECTORY_ENTRY, nth) + 16, 0, 4),
      grown,
    );
    expect(() => decodeTorch(zeroed)).toThrow(refusal("invalid-file", /overlap/));
  });

  test.each([
    "../../etc/passwd",
    "/etc/passwd",
    "archive/../data.pkl",
    "archive//x",
    "archive\\data.pkl",
    "archive/./x",
    "archive/\0",
    "archive/data/",
  ])("a name that leads elsewhere: %j", (name) => {
    expect(() => decodeTorch(archive(pickle(tensor()), { [name]: "x" }))).toThrow(
      refusal("unsupported", /leads elsewhere/),
    );
  });

  test("other files, another folder, a file twice, a long name", () => {
    const withFile = (name: string): Uint8Array => archive(pickle(tensor()), { [name]: "x" });
    expect(() => decodeTorch(withFile("archive/constants.pkl"))).toThrow(
      refusal("unsupported", /"constants.pkl", which is none/),
    );
    expect(() => decodeTorch(withFile("archive/code/a.py"))).toThrow(
      refusal("unsupported", /code\/a/),
    );
    expect(() => decodeTorch(withFile("other/data/1"))).toThrow(
      refusal("invalid-file", /not in the folder/),
    );
    expect(() => decodeTorch(withFile("data.pkl"))).toThrow(
      refusal("invalid-file", /not in the folder/),
    );
    expect(() => decodeTorch(withFile("archive/tensors/0"))).toThrow(
      refusal("invalid-file", /stands twice/),
    );
    expect(() => decodeTorch(withFile(`archive/data/${"9".repeat(1024)}`))).toThrow(
      refusal("unsupported", /name of 1037/),
    );
    const twice = new TextDecoder("latin1")
      .decode(withFile("archive/datA/0"))
      .replaceAll("datA/0", "data/0");
    expect(() => decodeTorch(Uint8Array.from(twice, (one) => one.charCodeAt(0)))).toThrow(
      refusal("invalid-file", /"archive\/data\/0" stands twice/),
    );
  });

  test("facts of the file", () => {
    const withFact = (name: string, value: string): Uint8Array =>
      archive(pickle(tensor()), { [`archive/${name}`]: value });
    expect(() => decodeTorch(withFact("byteorder", "big"))).toThrow(
      refusal("unsupported", /byte order is "big"/),
    );
    expect(() => decodeTorch(withFact("version", "11"))).toThrow(
      refusal("unsupported", /version "11"/),
    );
    expect(() => decodeTorch(withFact("version", ""))).toThrow(
      refusal("unsupported", /version "none"/),
    );
    expect(() => decodeTorch(withFact(".format_version", "2"))).toThrow(
      refusal("unsupported", /format version "2"/),
    );
    expect(decodeTorch(withFact("byteorder", "little"))).toHaveLength(1);
  });

  test("the 64-bit end of a file of PyTorch", () => {
    const bytes = torchFixture("2.9.1", "zip-float32");
    const [end64, locator] = [find(bytes, END64), find(bytes, LOCATOR64)];
    for (const at of [
      end64,
      end64 + 4,
      end64 + 16,
      end64 + 24,
      end64 + 32,
      end64 + 40,
      end64 + 48,
      locator + 4,
      locator + 8,
      locator + 16,
    ]) {
      expect(() => decodeTorch(changed(bytes, at, 0x7fffffff, 4))).toThrow(
        refusal("invalid-file", /64-bit end|one part|list of files/),
      );
    }
  });
});

describe("legacy files", () => {
  const magic = parts(
    OP.LONG1,
    10,
    Uint8Array.of(0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19),
  );
  const machine = parts(OP.EMPTY_DICT, text("little_endian"), OP.NEWTRUE, OP.SETITEM);
  const block = parts(fields([4, 4], [0, 4]), new Uint8Array(16));
  const keys = (...names: string[]): Uint8Array =>
    parts(OP.EMPTY_LIST, OP.MARK, ...names.map(text), OP.APPENDS);
  const legacy = (
    changes: Partial<
      Record<"magic" | "protocol" | "machine" | "value" | "keys" | "blocks", Uint8Array>
    > = {},
  ): Uint8Array => {
    const all = {
      magic,
      protocol: int(1001),
      machine,
      value: tensor(),
      keys: keys("0"),
      blocks: block,
      ...changes,
    };
    const { blocks, ...pickles } = all;
    return concatenate([...Object.values(pickles).map((one) => pickle(one)), blocks]);
  };

  test.each([
    ["another magic number", { magic: int(1) }, "invalid-file", /magic number/],
    ["another version", { protocol: int(1002) }, "unsupported", /version 1001/],
    [
      "big-endian",
      { machine: parts(OP.EMPTY_DICT, text("little_endian"), OP.NEWFALSE, OP.SETITEM) },
      "unsupported",
      /little-endian/,
    ],
    ["no byte order", { machine: parts(OP.EMPTY_DICT) }, "unsupported", /little-endian/],
    [
      "an object in the wrong place",
      { machine: parts(OP.NONE, OP.BINPERSID) },
      "invalid-file",
      /none is expected/,
    ],
    [
      "keys that are no list",
      { keys: text("0") },
      "invalid-file",
      /list of the storages' keys, got a str/,
    ],
    ["a storage that nothing names", { keys: keys("0", "1") }, "invalid-file", /storage "1"/],
    ["a storage twice", { keys: keys("0", "0") }, "invalid-file", /storage "0"/],
    ["no storage", { keys: keys(), blocks: new Uint8Array(0) }, "invalid-file", /"0" is not in it/],
    ["something behind", { blocks: parts(block, 0) }, "invalid-file", /ends at byte \d+ of/],
    ["a storage that is cut off", { blocks: block.subarray(0, 20) }, "invalid-file", /cut off/],
    [
      "another length",
      { blocks: parts(fields([5, 4], [0, 4]), new Uint8Array(20)) },
      "invalid-file",
      /it has 20 bytes/,
    ],
    [
      "a huge length",
      { blocks: parts(fields([4, 4], [2 ** 31, 4]), new Uint8Array(16)) },
      "invalid-file",
      /below 2\^53/,
    ],
  ] as const)("%s", (_, changes, code, message) => {
    expect(decodeTorch(legacy())).toHaveLength(1);
    expect(() => decodeTorch(legacy(changes))).toThrow(refusal(code, message));
  });

  test("a part of a storage that is no part of it", () => {
    const part = (offset: number, length: number): Uint8Array => {
      const view = tuple(text("1"), int(offset), int(length));
      const id = tuple(
        text("storage"),
        parts(OP.GLOBAL, new TextEncoder().encode("torch\nFloatStorage\n")),
        text("0"),
        text("cpu"),
        int(4),
        view,
      );
      return legacy({ value: tensor({ storage: parts(id, OP.BINPERSID), shape: [2] }) });
    };
    expect(decodeTorch(part(2, 2))).toHaveLength(1);
    expect(() => decodeTorch(part(3, 2))).toThrow(refusal("invalid-file", /no part of it/));
    expect(() => decodeTorch(part(-1, 2))).toThrow(refusal("invalid-file", /no part of it/));
    expect(() => decodeTorch(part(0, 1))).toThrow(refusal("invalid-file", /ends at value 1 of 1/));
  });
});

test("other files are told apart from broken ones", () => {
  for (const bytes of [
    new Uint8Array(0),
    Uint8Array.of(0x80),
    new TextEncoder().encode("no file of tensors"),
  ]) {
    expect(() => decodeTorch(bytes)).toThrow(
      refusal("invalid-file", /expected a ZIP archive or a pickle/),
    );
  }
});

test("a file of PyTorch that is cut off anywhere is refused", () => {
  for (const name of ["2.9.1/zip-float16.pt", "2.9.1/legacy-float16.pt", "1.4.0/zip-views.pt"]) {
    const bytes = torchFixtures().get(name) ?? new Uint8Array(0);
    expect(decodeTorch(bytes).length).toBeGreaterThan(0);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeTorch(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ isCaaError: true, code: "invalid-file" }),
      );
    }
  }
});
