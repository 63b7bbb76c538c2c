import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  archive,
  global,
  int,
  type Part,
  parts,
  pickle,
  storage,
  tensor,
  text,
  tuple,
} from "../../../test/pickle-assembler.ts";
import { concatenate, fields } from "./bytes.ts";
import { decodeTorch } from "./decode-torch.ts";
import { OP } from "./pickle-opcodes.ts";
import type { TorchTensor } from "./torch-tensor.ts";

const { MARK, REDUCE, BUILD, EMPTY_LIST, EMPTY_DICT, EMPTY_TUPLE, APPEND, SETITEM } = OP;
const get = (index: number): Uint8Array => parts(OP.BINGET, index);
const put = (index: number): Uint8Array => parts(OP.BINPUT, index);

const read = (...items: readonly Part[]): readonly TorchTensor[] =>
  decodeTorch(archive(pickle(...items)));
const refusal = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ isCaaError: true, code, message: expect.stringMatching(message) });

test("what these tests are made of is read as long as nothing is wrong with it", () => {
  const values = Float32Array.of(0, 1, 2, 3);
  expect(read(tensor())).toEqual([{ name: "", dtype: "float32", shape: [4], values }]);
});

describe("nothing is run", () => {
  const mark = join(tmpdir(), "caa-torch-test-was-run");
  test.each([
    ["os.system", global("os", "system"), `touch ${mark}`, '"os.system"'],
    ["posix.system", global("posix", "system"), `touch ${mark}`, '"posix.system"'],
    ["eval", global("builtins", "eval"), `open("${mark}", "w")`, '"builtins.eval"'],
    [
      "eval by two texts",
      parts(text("builtins"), text("eval"), OP.STACK_GLOBAL),
      "1",
      '"builtins.eval"',
    ],
    ["a function of PyTorch", global("torch", "load"), mark, '"torch.load"'],
    [
      "one hidden behind a known name",
      global("torch._utils", "_rebuild_tensor_v2.__globals__"),
      mark,
      "__globals__",
    ],
  ])("%s is refused by its name", (_, callable, argument, name) => {
    expect(() => read(callable, tuple(text(argument)), REDUCE)).toThrow(
      refusal("unsupported", new RegExp(`its pickle names .*${name}`)),
    );
    expect(existsSync(mark)).toBe(false);
  });

  test("the reader has nothing at hand that could run or open anything", () => {
    const folder = fileURLToPath(new URL(".", import.meta.url));
    const names = readdirSync(folder).filter((name) => !name.endsWith(".test.ts"));
    const sources = names.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
    const imported = [...sources.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
    expect(names).toContain("pickle.ts");
    expect(imported).toContain("./pickle.ts");
    const beside = /^\.\/[a-z0-9-]+\.ts$|^\.\.\/\.\.\/(?:errors\/caa-error|floats\/[a-z-]+)\.ts$/;
    expect(imported.filter((from) => !beside.test(from ?? ""))).toEqual([]);
    expect(sources).not.toMatch(
      /\bimport\s*\(|\beval\b|\bFunction\b|\bglobalThis\b|\bprocess\b|\brequire\b/,
    );
  });

  test("what is called must be a known function, what is built an OrderedDict", () => {
    for (const callable of [global("torch", "FloatStorage"), text("eval"), tensor()]) {
      expect(() => read(callable, EMPTY_TUPLE, REDUCE)).toThrow(refusal("unsupported", /calls a/));
    }
    for (const target of [parts(EMPTY_DICT), tensor(), parts(EMPTY_LIST), text("a")]) {
      expect(() => read(target, EMPTY_DICT, BUILD)).toThrow(refusal("unsupported", /attributes/));
    }
  });

  test("every opcode that PyTorch does not write is refused by its name", () => {
    const known = new Set<number>(Object.values(OP));
    const others = Array.from({ length: 256 }, (_, code) => code).filter(
      (code) => !known.has(code),
    );
    expect(others).toHaveLength(256 - known.size);
    for (const code of others) {
      expect(() => read(tensor(), code)).toThrow(
        refusal("unsupported", /has the opcode [\w]+ at byte/),
      );
    }
    expect(() => read(MARK, global("torch", "FloatStorage"), 0x6f)).toThrow(/opcode OBJ/);
    expect(() => read(0x69)).toThrow(/opcode INST/);
    expect(() => read(0x81)).toThrow(/opcode NEWOBJ/);
  });

  test("a name with control characters is shown without them", () => {
    expect(() => read(global("a\u001b[31m", "\u202e"))).toThrow(
      refusal("unsupported", /"a\\u001b\[31m\.\\u202e"/),
    );
  });
});

describe("sizes", () => {
  test.each([
    ["more values than its storage", { shape: [5] }, /ends at value 4 of 4/],
    ["an offset", { offset: 1 }, /ends at value 4 of 4/],
    ["a stride", { strides: [2] }, /ends at value 6 of 4/],
    ["a huge stride", { strides: [2 ** 52] }, /of 4/],
    ["a negative stride", { strides: [-1] }, /not made of/],
    ["a negative size", { shape: [-1] }, /not made of/],
    ["a negative offset", { offset: -1 }, /not made of/],
    ["other strides than sizes", { shape: [2, 2] }, /not made of/],
    ["nine dimensions", { shape: Array(9).fill(1), strides: Array(9).fill(1) }, /not made of/],
    [
      "another storage length",
      { storage: storage("FloatStorage", 5) },
      /5 values of float32, it has 16/,
    ],
    [
      "a storage that is not there",
      { storage: storage("FloatStorage", 4, "1") },
      /"1" is not in it/,
    ],
    ["a storage of integers", { storage: storage("LongStorage") }, /"torch.LongStorage"/],
    ["hooks", { hooks: parts(EMPTY_DICT, text("a"), int(1), SETITEM) }, /hooks/],
    ["a list for a storage", { storage: parts(EMPTY_LIST) }, /not made of/],
  ])("%s", (_, changes, message) => {
    expect(() => read(tensor(changes))).toThrow(
      expect.objectContaining({ isCaaError: true, message: expect.stringMatching(message) }),
    );
  });

  test("an expanded tensor of a small file is read up to the limit, and none is allocated beyond it", () => {
    const expanded = (...shape: number[]): Uint8Array =>
      tensor({ shape, strides: shape.map(() => 0) });
    expect(read(expanded(2 ** 10, 2 ** 10))[0]?.values).toHaveLength(2 ** 20);
    for (const shape of [[2 ** 20 + 1], [2 ** 40], Array<number>(8).fill(2 ** 53 - 1)]) {
      expect(() => read(expanded(...shape))).toThrow(
        refusal("unsupported", /more than 1048576 values/),
      );
    }
    const many = Array.from({ length: 9 }, () => expanded(2 ** 17));
    expect(() => read(tuple(...many))).toThrow(refusal("unsupported", /more than 1048576 values/));
  });

  test("numbers and keys", () => {
    const long = parts(OP.LONG1, 11, new Uint8Array(11));
    expect(() => read(long)).toThrow(refusal("unsupported", /whole number of 11 bytes/));
    const beyond = parts(OP.LONG1, 8, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x40));
    expect(() => read(tensor({ storage: storage() }), beyond, EMPTY_TUPLE, REDUCE)).toThrow(
      /calls a number/,
    );
    const item = (key: Uint8Array): Uint8Array => parts(EMPTY_DICT, key, tensor(), SETITEM);
    expect(() => read(item(beyond))).toThrow(refusal("unsupported", /a key that is a number/));
    expect(() => read(item(text("k".repeat(257))))).toThrow(refusal("unsupported", /up to 256/));
    expect(() => read(item(parts(EMPTY_TUPLE)))).toThrow(
      refusal("unsupported", /a key that is a tuple/),
    );
    expect(() => read(item(parts(OP.NEWTRUE)))).toThrow(
      refusal("unsupported", /a key that is a bool/),
    );
    expect(read(item(text("__proto__"))).map(({ name }) => name)).toEqual(["__proto__"]);
  });
});

describe("containers", () => {
  test("a list in itself, and values within more than 16 others", () => {
    expect(() => read(EMPTY_LIST, put(0), get(0), APPEND)).toThrow(
      refusal("unsupported", /itself/),
    );
    const within = (count: number): Uint8Array =>
      parts(tensor(), new Uint8Array(count).fill(OP.TUPLE1));
    expect(read(within(16))).toHaveLength(1);
    expect(() => read(within(17))).toThrow(refusal("unsupported", /within 16 others/));
    expect(() => read(within(1_000_000))).toThrow(refusal("unsupported", /within 16 others/));
  });

  test("lists of one list that grow by powers", () => {
    const levels = Array.from({ length: 14 }, (_, level) =>
      parts(MARK, ...Array<Uint8Array>(8).fill(get(level)), OP.TUPLE, put(level + 1)),
    );
    expect(() => read(MARK, tensor(), put(0), ...levels, OP.TUPLE)).toThrow(
      refusal("unsupported", /10000 values/),
    );
  });

  test("many dicts of one list of pairs", () => {
    const pairs = parts(EMPTY_LIST, put(0), tuple(text("a"), tensor()), APPEND);
    const dict = (list: Uint8Array): Uint8Array =>
      parts(global("collections", "OrderedDict"), list, OP.TUPLE1, REDUCE);
    expect(read(dict(pairs)).map(({ name }) => name)).toEqual(["a"]);
    expect(() => read(tuple(dict(pairs), dict(get(0))))).toThrow(
      refusal("unsupported", /several OrderedDicts that are made of one list/),
    );
  });

  test("nothing, or nothing but words", () => {
    for (const value of [parts(EMPTY_DICT), parts(EMPTY_LIST), text("a"), int(1), parts(OP.NONE)]) {
      expect(() => read(value)).toThrow(refusal("invalid-file", /expected a tensor, or a dict/));
    }
    expect(() => read(storage())).toThrow(refusal("unsupported", /a storage where a tensor/));
    expect(() => read(global("torch", "HalfStorage"))).toThrow(/a global torch.HalfStorage where/);
  });

  test("one key or one path twice", () => {
    const twice = parts(MARK, text("a"), tensor(), text("a"), tensor(), OP.SETITEMS);
    expect(() => read(EMPTY_DICT, twice)).toThrow(refusal("invalid-file", /key "a" stands twice/));
    const same = parts(MARK, text("13"), tensor(), int(13), tensor(), OP.SETITEMS);
    expect(() => read(EMPTY_DICT, same)).toThrow(
      refusal("invalid-file", /two tensors are named "13"/),
    );
    expect(() => read(EMPTY_DICT, MARK, text("a"), OP.SETITEMS)).toThrow(/without a value/);
    expect(() => read(EMPTY_LIST, text("a"), tensor(), SETITEM)).toThrow(
      /of a list, expected a dict/,
    );
    expect(() => read(EMPTY_DICT, tensor(), APPEND)).toThrow(/to a dict, expected a list/);
  });

  test("an empty stack, no mark, too much on the stack, unknown values, too many of them", () => {
    expect(() => read(OP.TUPLE1)).toThrow(refusal("invalid-file", /empty stack/));
    expect(() => read(tensor(), MARK, OP.TUPLE1)).toThrow(refusal("invalid-file", /empty stack/));
    expect(() => read()).toThrow(refusal("invalid-file", /empty stack/));
    expect(() => read(tensor(), OP.TUPLE)).toThrow(refusal("invalid-file", /no mark/));
    expect(() => read(tensor(), tensor())).toThrow(refusal("invalid-file", /leaves 1 values/));
    expect(() => read(get(7))).toThrow(refusal("invalid-file", /asks for value 7/));
    expect(() => read(new Uint8Array(20_001).fill(MARK))).toThrow(refusal("unsupported", /20000/));
    const kept = Array.from({ length: 200_001 }, (_, index) =>
      parts(OP.LONG_BINPUT, fields([index, 4])),
    );
    expect(() => read(OP.NONE, concatenate(kept))).toThrow(
      refusal("unsupported", /keeps more than 200000/),
    );
  });

  test("texts and pickles that are cut off, too long, or not text", () => {
    const claim = parts(OP.BINUNICODE, fields([0xffffffff, 4]));
    expect(() => read(claim)).toThrow(
      refusal("invalid-file", /cut off: expected 4294967295 bytes/),
    );
    expect(() => read(OP.BINUNICODE, fields([1, 4]), 0xff)).toThrow(
      refusal("invalid-file", /UTF-8/),
    );
    expect(() => read(global("a".repeat(300), "b"))).toThrow(
      refusal("invalid-file", /at most 256/),
    );
    const long = text("x".repeat(4 * 1024 * 1024));
    expect(() => read(tensor(), long)).toThrow(refusal("invalid-file", /cut off/));
    expect(() => decodeTorch(archive(parts(pickle(tensor()), 0)))).toThrow(/ends at byte/);
    expect(() => decodeTorch(archive(parts(OP.PROTO, 6, OP.STOP)))).toThrow(/protocol 6/);
  });
});
