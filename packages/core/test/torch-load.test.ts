import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeTorch } from "../src/formats/torch/encode-torch.ts";

/** Python interpreters with PyTorch 1.13 or later, separated by colons. */
const pythons = (process.env["CAA_TEST_TORCH"] ?? "").split(":").filter((path) => path !== "");

const LOAD = `
import json, sys, torch
t = torch.load(sys.argv[1], weights_only=True)
print(json.dumps([type(t).__name__, str(t.dtype), list(t.shape), t.is_contiguous(), t.double().flatten().tolist()]))
`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "caa-torch-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(pythons.length === 0)("torch.load(weights_only=True) (CAA_TEST_TORCH)", () => {
  test.each(
    (["bfloat16", "float16", "float32", "float64"] as const).flatMap((dtype) =>
      pythons.map((python) => ({ dtype, python })),
    ),
  )("reads $dtype as it was, by $python", ({ dtype, python }) => {
    const values = Float64Array.of(-1.75, 0.5, 2 ** -14, 240, 3, -0.0078125);
    for (const shape of [[6], [1, 6], [2, 3]]) {
      const path = join(folder, "vector.pt");
      writeFileSync(path, encodeTorch(values, { dtype, shape }));
      const printed = execFileSync(python, ["-W", "ignore", "-c", LOAD, path], {
        encoding: "utf8",
      });
      expect(JSON.parse(printed)).toEqual(["Tensor", `torch.${dtype}`, shape, true, [...values]]);
    }
  });
});
