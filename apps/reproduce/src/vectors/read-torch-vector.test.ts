import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSteeringVectors } from "@caa/core/files";
import { BEHAVIOR_NAMES } from "@caa/datasets";
import { afterEach, beforeEach, expect, it } from "vitest";
import { importOriginalVectors } from "./import-original.ts";
import { readTorchVector } from "./read-torch-vector.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/${name}.pt`, import.meta.url));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-reproduce-"));
});
afterEach(() => rm(dir, { recursive: true }));

it.each(["float32", "float16"])("reads what PyTorch saved in %s", async (name) => {
  expect([...(await readTorchVector(fixture(name)))]).toEqual([-0.25, 0.25, 0.75, 1.25]);
});

it("refuses other files by what they are", async () => {
  const whole = await readFile(fixture("float32"));
  const refused = async (bytes: Uint8Array | string, message: RegExp): Promise<void> => {
    const path = join(dir, "other.pt");
    await writeFile(path, bytes);
    await expect(readTorchVector(path)).rejects.toMatchObject({ code: "invalid-file" });
    await expect(readTorchVector(path)).rejects.toThrow(message);
  };
  await refused("no archive at all, but longer than the end of one", /got none/);
  await refused(whole.subarray(200), /cut off|broken/);
  const double = Buffer.from(whole);
  double.write("Doubl", double.indexOf("FloatStorage"), "latin1");
  await refused(double, /got Doubl/);
});

it("puts the original's own vectors where ours stand", async () => {
  for (const behavior of BEHAVIOR_NAMES) {
    await mkdir(join(dir, "from", behavior), { recursive: true });
    const to = join(dir, "from", behavior, "vec_layer_13_Llama-2-7b-chat-hf.pt");
    await copyFile(fixture("float16"), to);
  }
  await importOriginalVectors(join(dir, "from"), join(dir, "to"), { size: "7b", layer: 13 });
  const vectors = await loadSteeringVectors(join(dir, "to/sycophancy/caa-original.safetensors"));
  expect(vectors.layers).toEqual([13]);
  expect([...vectors.vector(13)]).toEqual([-0.25, 0.25, 0.75, 1.25]);
  const missing = importOriginalVectors(join(dir, "from"), dir, { size: "13b", layer: 14 });
  await expect(missing).rejects.toMatchObject({ code: "not-found" });
});
