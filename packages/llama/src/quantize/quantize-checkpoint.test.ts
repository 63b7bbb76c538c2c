import {
  encodeSafetensors,
  type FloatTensor,
  parseSafetensorsHeader,
  safetensorsHeaderLength,
} from "@caa/core";
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readWeights } from "../checkpoint/safetensors-files.ts";
import { dequantizeBlocks, quantizeBlocks } from "./blocks.ts";
import { quantizeCheckpoint } from "./quantize-checkpoint.ts";
import { readFloatRows } from "./read-floats.ts";

const model = (name: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/models/${name}`, import.meta.url));
const texts = ["config.json", "tokenizer.json", "tokenizer_config.json"];

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-quantize-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Every tensor of a model's folder as float32. */
async function floats(path: string): Promise<Map<string, FloatTensor>> {
  const tensors = new Map<string, FloatTensor>();
  for (const [name, entry] of (await readWeights(path))?.tensors ?? []) {
    const values = new Array<number>();
    for await (const rows of readFloatRows(entry, undefined)) {
      values.push(...rows);
    }
    tensors.set(name, { shape: entry.shape, data: Float32Array.from(values) });
  }
  return tensors;
}

/** Every tensor of a safetensors file: type, shape and bytes. */
async function stored(path: string): Promise<{ tensors: Record<string, unknown>; type: unknown }> {
  const file = new Uint8Array(await readFile(path));
  const length = safetensorsHeaderLength(file, file.length);
  const header = parseSafetensorsHeader(file.subarray(8, 8 + length), file.length);
  const tensors: Record<string, unknown> = {};
  for (const [name, { dtype, shape, offset, byteLength }] of header.tensors) {
    const bytes = file.slice(offset, offset + byteLength);
    tensors[name] = {
      dtype,
      shape,
      values: dtype === "F32" ? new Float32Array(bytes.buffer) : bytes,
    };
  }
  return { tensors, type: header.metadata["caa_dtype"] };
}

/** What the folder should hold, one whole tensor at a time. */
function expectedTensors(source: Map<string, FloatTensor>, bits: 4 | 8): Record<string, unknown> {
  const expected: Record<string, unknown> = {};
  for (const [name, { shape, data: values }] of source) {
    const [rows = 0, columns] = shape;
    if (columns === undefined) {
      expected[name] = { dtype: "F32", shape, values };
    } else {
      const { data, scales } = quantizeBlocks(values, rows, columns, { bits });
      const blocks = columns / 32;
      expected[`${name}.blocks`] = { dtype: "U8", shape: [rows, blocks, 4 * bits], values: data };
      expected[`${name}.scales`] = { dtype: "F32", shape: [rows, blocks], values: scales };
    }
  }
  return expected;
}

describe.each([4, 8] as const)("%d bits", (bits) => {
  test.each(["f16", "bf16"])("%s weights", async (name) => {
    const out = join(folder, "out");
    const seen = new Array<number>();
    await quantizeCheckpoint(model(name), out, bits, {
      onProgress: ({ written, total }) => seen.push(written / total),
    });
    expect(seen.at(-1)).toBe(1);
    expect(await stored(join(out, "model.safetensors"))).toEqual({
      tensors: expectedTensors(await floats(model(name)), bits),
      type: `q${bits}`,
    });
    for (const file of texts) {
      expect(await readFile(join(out, file))).toEqual(await readFile(join(model(name), file)));
    }
  });

  test("float32 weights in two files", async () => {
    const source = join(folder, "sharded");
    await mkdir(source);
    for (const file of texts) {
      await copyFile(join(model("bf16"), file), join(source, file));
    }
    const tensors = await floats(model("bf16"));
    const map: Record<string, string> = {};
    for (const [part, shard] of ["a.safetensors", "b.safetensors"].entries()) {
      const half = new Map([...tensors].filter((_, index) => index % 2 === part));
      await writeFile(join(source, shard), encodeSafetensors(half));
      half.forEach((_, name) => (map[name] = shard));
    }
    const index = JSON.stringify({ weight_map: map });
    await writeFile(join(source, "model.safetensors.index.json"), index);
    await quantizeCheckpoint(source, join(folder, "out"), bits);
    const { tensors: got } = await stored(join(folder, "out", "model.safetensors"));
    expect(got).toEqual(expectedTensors(tensors, bits));
  });

  test("weights lose little", async () => {
    for (const { shape, data } of (await floats(model("bf16"))).values()) {
      const [rows = 0, columns = 0] = shape;
      const back =
        shape.length === 1
          ? data
          : dequantizeBlocks(quantizeBlocks(data, rows, columns, { bits }), rows, columns, {
              bits,
            });
      const lost = back.reduce((sum, value, index) => sum + (value - (data[index] ?? 0)) ** 2, 0);
      const size = data.reduce((sum, value) => sum + value ** 2, 0);
      // A step is 1/8 or 1/128 of the largest value of 32, some two deviations; the error is evenly spread over a step.
      expect(Math.sqrt(lost / size)).toBeLessThan(bits === 4 ? 0.1 : 0.006);
    }
  });
});

describe("nothing is left under the final name", () => {
  test("when it is stopped in the middle", async () => {
    const abort = new AbortController();
    const run = quantizeCheckpoint(model("f16"), join(folder, "out"), 8, {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(run).rejects.toThrow(expect.objectContaining({ code: "aborted" }));
    expect(await readdir(folder)).toEqual([]);
  });

  test("when rows do not divide into blocks", async () => {
    const run = quantizeCheckpoint(model("untied"), join(folder, "out"), 8); // rows of 48
    await expect(run).rejects.toThrow(expect.objectContaining({ code: "unsupported" }));
    expect(await readdir(folder)).toEqual([]);
  });

  test("when there is no model, or it is cut off", async () => {
    const bad = join(folder, "bad");
    await mkdir(bad);
    const empty = quantizeCheckpoint(bad, join(folder, "out"), 8);
    await expect(empty).rejects.toThrow(/config\.json/);
    await cp(model("f16"), bad, { recursive: true });
    const weights = await readFile(join(bad, "model.safetensors"));
    await writeFile(join(bad, "model.safetensors"), weights.subarray(0, -8));
    const cut = quantizeCheckpoint(bad, join(folder, "out"), 8);
    await expect(cut).rejects.toThrow(expect.objectContaining({ code: "invalid-file" }));
    expect(await readdir(folder)).toEqual(["bad"]);
  });

  test("and what is there already is kept", async () => {
    await writeFile(join(folder, "mine"), "");
    const run = quantizeCheckpoint(model("f16"), folder, 8);
    await expect(run).rejects.toThrow(expect.objectContaining({ code: "invalid-argument" }));
    expect(await readdir(folder)).toEqual(["mine"]);
  });
});
