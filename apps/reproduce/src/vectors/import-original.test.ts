import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSteeringVectors } from "@caa/core/files";
import { BEHAVIOR_NAMES } from "@caa/datasets";
import { afterEach, beforeEach, expect, it } from "vitest";
import { importOriginalVectors } from "./import-original.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/${name}.pt`, import.meta.url));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-reproduce-"));
});
afterEach(() => rm(dir, { recursive: true }));

/** The original's folder, with this file for each behavior. */
async function original(bytes: Uint8Array): Promise<string> {
  for (const behavior of BEHAVIOR_NAMES) {
    await mkdir(join(dir, "from", behavior), { recursive: true });
    await writeFile(join(dir, "from", behavior, "vec_layer_13_Llama-2-7b-chat-hf.pt"), bytes);
  }
  return join(dir, "from");
}

it.each(["float32", "float16"])(
  "puts the original's own vectors, in %s, where ours stand",
  async (name) => {
    const from = await original(await readFile(fixture(name)));
    await importOriginalVectors(from, join(dir, "to"), { size: "7b", layer: 13 });
    const vectors = await loadSteeringVectors(join(dir, "to/sycophancy/caa-original.safetensors"));
    expect(vectors.layers).toEqual([13]);
    expect([...vectors.vector(13)]).toEqual([-0.25, 0.25, 0.75, 1.25]);
    expect(vectors.metadata).toMatchObject({
      behavior: "sycophancy",
      modelId: "caa-original",
      datasetName: "nrimsky/CAA, generate/sycophancy",
      normalization: null,
    });
    const missing = importOriginalVectors(from, dir, { size: "13b", layer: 14 });
    await expect(missing).rejects.toMatchObject({ code: "not-found" });
  },
);

it("refuses other files by what they are, and names them", async () => {
  const whole = await readFile(fixture("float32"));
  const refused = async (bytes: Uint8Array, code: string, message: RegExp): Promise<void> => {
    const from = await original(bytes);
    const imported = importOriginalVectors(from, join(dir, "to"), { size: "7b", layer: 13 });
    await expect(imported).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  };
  await refused(
    Buffer.from("no archive at all, but longer than the end of one"),
    "invalid-file",
    /vec_layer_13.*expected a ZIP archive/,
  );
  await refused(whole.subarray(0, -200), "invalid-file", /cut off/);
  const changed = Buffer.from(whole);
  changed.write("Q", changed.indexOf("ctorch._utils"), "latin1");
  await refused(changed, "invalid-file", /does not have the checksum/);
});
