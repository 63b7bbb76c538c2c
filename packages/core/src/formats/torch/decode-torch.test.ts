import { describe, expect, test } from "vitest";
import { TORCH_VERSIONS, torchFixture } from "../../../test/torch-fixtures.ts";
import { decodeTorch } from "./decode-torch.ts";
import type { TorchDtype, TorchTensor } from "./torch-tensor.ts";

/** Value i of make.py. */
const number = (index: number): number => index / 2 - 7 / 4;
const numbers = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => number(from + index));

function tensor(
  name: string,
  shape: readonly number[],
  values: readonly number[],
  dtype: TorchDtype = "float32",
): TorchTensor {
  const kind = dtype === "float64" ? Float64Array : Float32Array;
  return { name, dtype, shape, values: kind.from(values) };
}

/** By name: dicts of Python 2 have no order. */
const byName = (tensors: readonly TorchTensor[]): TorchTensor[] =>
  [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));

const table = numbers(12); // (3, 4)
const views = [
  tensor("whole", [3, 4], table),
  tensor("transposed", [4, 3], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11].map(number)),
  tensor("rows", [2, 4], numbers(8, 4)),
  tensor("column", [3], [2, 6, 10].map(number)),
  tensor("every-other", [6], [1, 3, 5, 7, 9, 11].map(number)),
  tensor("expanded", [2, 3], [4, 5, 6, 4, 5, 6].map(number)),
  tensor("overlapping", [3, 4], [1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8].map(number)),
  tensor("empty", [0], []),
  tensor("twice", [3, 4], table),
];
const nested = [
  tensor("layers.13", [4], numbers(4)),
  tensor("layers.14", [5], numbers(5)),
  tensor("list.0", [1], numbers(1)),
  tensor("list.1.0", [2], numbers(2)),
  tensor("list.1.1", [1, 3], numbers(3)),
  tensor("parameter", [2], numbers(2)),
  tensor("scalar", [], numbers(1), "float64"),
  tensor("state.weight", [1, 2], numbers(2)),
  tensor("state.bias", [1], numbers(1)),
];

describe.each(TORCH_VERSIONS)("PyTorch %s", (version) => {
  describe.each(["zip", "legacy"])("%s", (kind) => {
    const read = (name: string): readonly TorchTensor[] =>
      decodeTorch(torchFixture(version, `${kind}-${name}`));

    test.each(["float16", "bfloat16", "float32", "float64"] as const)("%s", (dtype) => {
      expect(read(dtype)).toEqual([tensor("", [4], numbers(4), dtype)]);
    });

    test("views of one storage: any strides, offsets, overlaps", () => {
      expect(byName(read("views"))).toEqual(byName(views));
    });

    test("parameters, scalars, a module's state, dicts, lists and tuples, and what is said beside them", () => {
      expect(byName(read("nested"))).toEqual(byName(nested));
    });

    test("integers are refused by their type", () => {
      expect(() => read("int64")).toThrow(
        expect.objectContaining({
          code: "unsupported",
          message: expect.stringContaining('"torch.LongStorage"; known are'),
        }),
      );
    });
  });
});

const python3 = TORCH_VERSIONS.filter((version) => version !== "1.4.0-python2");
test.each(python3)("PyTorch %s: in the file's order, in pickles of protocol 4 too", (version) => {
  for (const kind of ["zip", "legacy"]) {
    expect(decodeTorch(torchFixture(version, `${kind}-protocol-4`))).toEqual(nested);
    expect(decodeTorch(torchFixture(version, `${kind}-nested`))).toEqual(nested);
  }
});

test("a file that PyTorch 2.9 wrote without checksums", () => {
  const read = decodeTorch(torchFixture("2.9.1", "zip-no-checksums"));
  expect(read).toEqual([tensor("", [4], numbers(4))]);
});

test("a part of a storage, as the first versions of PyTorch named it, is where PyTorch 2.9 finds it", () => {
  const read = decodeTorch(torchFixture("2.9.1", "legacy-old-view"));
  expect(read).toEqual([tensor("", [3], numbers(3, 4))]);
});

test("bytes that begin anywhere in their buffer", () => {
  for (const name of ["zip-views", "legacy-views"]) {
    const bytes = torchFixture("2.9.1", name);
    const moved = new Uint8Array(bytes.length + 3).subarray(3);
    moved.set(bytes);
    expect(decodeTorch(moved)).toEqual(views);
  }
});
