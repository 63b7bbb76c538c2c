import { describe, expect, test } from "vitest";
import { CONTRIB } from "../../graph/graph-builder.ts";
import { Tape } from "./tape.ts";

/** How many axes the first has before those of the second; undefined where that is not known. */
const leading = (tape: Tape, a: string, b: string): number | undefined =>
  tape.shapes.leadingAxes(a, b);

describe("shapes before the graph runs", () => {
  test("a reshape by -1 and back is known to be the same, whatever the sizes are", () => {
    const tape = new Tape();
    const x = tape.input("x", "float32", ["B", "S", 6]);
    const flat = tape.op("Reshape", [x, tape.ints(-1, 6)]);
    const rows = tape.op("Shape", [x], { end: 2 });
    const byHead = tape.op("Concat", [rows, tape.ints(2, 3)], { axis: 0 });
    const turned = tape.op("Transpose", [tape.op("Reshape", [flat, byHead])], {
      perm: [0, 2, 1, 3],
    });
    const back = tape.op("Transpose", [turned], { perm: [0, 2, 1, 3] });
    expect(leading(tape, tape.op("Reshape", [back, tape.ints(-1, 6)]), flat)).toBe(0);
    expect(leading(tape, flat, x)).toBeUndefined();
  });

  test("a row that is repeated has one axis less; a size of 1 is not taken for any other", () => {
    const tape = new Tape();
    const x = tape.input("x", "float32", ["N", 4]);
    expect(leading(tape, x, tape.parameter("bias", [4]))).toBe(1);
    expect(leading(tape, x, tape.parameter("row", [1, 4]))).toBeUndefined();
    expect(leading(tape, x, tape.input("y", "float32", ["M", 4]))).toBeUndefined();
    expect(leading(tape, tape.add(x, tape.parameter("another", [1, 4])), x)).toBe(0);
  });

  test("joined with nothing, split into parts of known sizes, multiplied", () => {
    const tape = new Tape();
    const x = tape.input("x", "float32", ["N", "S"]);
    const shape = tape.op("Concat", [
      tape.op("Gather", [tape.shape(x), tape.ints(0)]),
      tape.ints(0),
    ]);
    const joined = tape.op("Concat", [tape.op("ConstantOfShape", [shape]), x], { axis: 1 });
    expect(leading(tape, joined, x)).toBe(0);
    const sizes = tape.op("Concat", [
      tape.ints(0),
      tape.op("Gather", [tape.shape(x), tape.ints(1)]),
    ]);
    expect(leading(tape, tape.splitInTwo(joined, sizes, 1).second, x)).toBe(0);
    const square = tape.op("FusedMatMul", [x, x], { transB: 1 }, CONTRIB); // (N, N)
    expect(leading(tape, tape.op("MatMul", [square, x]), x)).toBe(0);
    expect(leading(tape, square, x)).toBeUndefined();
  });
});
