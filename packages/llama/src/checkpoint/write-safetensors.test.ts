import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SafetensorsWriter } from "./write-safetensors.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-writer-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("data for no tensor, too much and too little are refused", async () => {
  const path = join(folder, "file");
  const slots = new Map([["a", { dtype: "F32" as const, shape: [2, 3] }]]);
  const writer = await SafetensorsWriter.create(path, slots, {});
  const mismatch = expect.objectContaining({ code: "shape-mismatch" });
  try {
    await expect(writer.append("b", new Float32Array(1))).rejects.toThrow(mismatch);
    await writer.append("a", new Float32Array(5));
    await expect(writer.finish()).rejects.toThrow(mismatch);
    await expect(writer.append("a", new Float32Array(2))).rejects.toThrow(mismatch);
    await writer.append("a", new Float32Array(1));
    await writer.finish();
  } finally {
    await writer.close();
  }
  await expect(SafetensorsWriter.create(path, slots, {})).rejects.toThrow(/EEXIST/);
});
