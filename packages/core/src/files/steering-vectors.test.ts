import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CaaError } from "../errors/caa-error.ts";
import { createRandom } from "../random/random.ts";
import { encodeSafetensors, type FloatTensor } from "../safetensors/encode.ts";
import { madeUpVectors } from "../testing/made-up-vectors.ts";
import { SteeringVectors } from "../steering-vectors/steering-vectors.ts";
import {
  hashSteeringVectors,
  loadSteeringVectors,
  saveSteeringVectors,
} from "./steering-vectors.ts";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-vectors-"));
  path = join(folder, "sycophancy", "model.safetensors");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("what is saved is loaded, with halves, shuffles and metadata", async () => {
  const normalization = { behaviors: ["sycophancy", "refusal"], targetNorm: { "3": 1.5, "5": 2 } };
  const vectors = madeUpVectors({ layers: [5, 3, 10], metadata: { normalization } });
  const saved = await saveSteeringVectors(path, vectors);
  const loaded = await loadSteeringVectors(path);
  expect(loaded.metadata).toEqual({
    ...vectors.metadata,
    contentHash: hashSteeringVectors(vectors),
  });
  expect(saved.metadata).toEqual(loaded.metadata);
  expect([...loaded.tensors()]).toEqual([...vectors.tensors()]);
  expect(loaded.layers).toEqual([3, 5, 10]);
});

test("vectors without halves and shuffles stay so", async () => {
  const { metadata } = madeUpVectors();
  await saveSteeringVectors(
    path,
    new SteeringVectors({ vectors: new Map([[0, Float32Array.of(1)]]), metadata }),
  );
  expect(await loadSteeringVectors(path)).toMatchObject({ halves: null, shuffles: [] });
});

test("the hash equals the one of Python's hashlib over the same names and bytes", () => {
  const { metadata } = madeUpVectors();
  const vectors = new Map([
    [5, Float32Array.of(-0.5, 0.25)],
    [3, Float32Array.of(1, 2)],
  ]);
  expect(hashSteeringVectors(new SteeringVectors({ vectors, metadata }))).toBe(
    "53ea95962311f9dcb3457a5ffa36a5d82c4ae1bb2005a5afbeebf3642e3d9fe7",
  );
});

describe("a file that is not what it claims to be is refused, and its path is named", () => {
  async function refusal(bytes: Uint8Array): Promise<CaaError> {
    const file = join(folder, "bad.safetensors");
    await writeFile(file, bytes);
    const error: unknown = await loadSteeringVectors(file).catch((cause: unknown) => cause);
    if (!CaaError.isInstance(error)) {
      throw new Error("expected a refusal", { cause: error });
    }
    expect(error.message).toContain(file);
    return error;
  }
  const vectors = madeUpVectors();
  const tensors = (): Map<string, FloatTensor> =>
    new Map([...vectors.tensors()].map(([name, data]) => [name, { shape: [data.length], data }]));
  const caa = JSON.stringify({ ...vectors.metadata, contentHash: hashSteeringVectors(vectors) });
  const changed = (change: (tensors: Map<string, FloatTensor>) => unknown): Uint8Array => {
    const all = tensors();
    change(all);
    return encodeSafetensors(all, { caa });
  };
  const four = { shape: [4], data: new Float32Array(4) };

  test("the same content unchanged is taken", async () => {
    await writeFile(
      join(folder, "good"),
      changed(() => {}),
    );
    expect((await loadSteeringVectors(join(folder, "good"))).behavior).toBe("sycophancy");
  });

  test.each([
    ["a changed value", changed((all) => all.set("layer.3", four)), /the file was changed/],
    [
      "a part swapped",
      changed((all) => all.set("layer.3", all.get("layer.5") ?? four)),
      /the file was changed/,
    ],
    [
      "another size",
      changed((all) => all.set("layer.3", { shape: [5], data: new Float32Array(5) })),
      /expected/,
    ],
    [
      "two dimensions",
      changed((all) => all.set("layer.3", { ...four, shape: [2, 2] })),
      /F32 \[d_model\], got F32 \[2, 2\]/,
    ],
    ["a layer missing in a half", changed((all) => all.delete("half.1.layer.3")), /half.1/],
    [
      "a shuffle missing",
      changed((all) => ["3", "5"].map((n) => all.delete(`shuffle.2.layer.${n}`))),
      /shuffle.2/,
    ],
    [
      "an unknown tensor",
      changed((all) => all.set("layer.03", four)),
      /unexpected tensor "layer.03"/,
    ],
    [
      "not finite",
      changed((all) => all.set("layer.3", { ...four, data: Float32Array.of(0, 0, 0, Number.NaN) })),
      /finite/,
    ],
    ["no vectors", encodeSafetensors(new Map(), { caa }), /at least one layer/],
    ["no metadata", encodeSafetensors(tensors()), /not a file of steering vectors/],
    ["metadata that is not JSON", encodeSafetensors(tensors(), { caa: "{" }), /not JSON/],
    [
      "metadata without a field",
      encodeSafetensors(tensors(), { caa: '{"formatVersion":1}' }),
      /modelHash/,
    ],
    [
      "no hash",
      encodeSafetensors(tensors(), { caa: JSON.stringify(vectors.metadata) }),
      /none recorded/,
    ],
    ["an empty file", new Uint8Array(0), /at least 8 bytes/],
  ])("%s", async (_, bytes, message) => {
    expect(await refusal(bytes)).toMatchObject({
      code: "invalid-file",
      message: expect.stringMatching(message),
    });
  });

  test("another version of the layout is unsupported", async () => {
    const bytes = encodeSafetensors(tensors(), { caa: '{"formatVersion":2}' });
    expect(await refusal(bytes)).toMatchObject({ code: "unsupported" });
  });

  test("cut off anywhere, or any byte of a tensor changed", async () => {
    await saveSteeringVectors(path, vectors);
    const good = new Uint8Array(await readFile(path));
    const random = createRandom(2);
    const dataBytes = [...vectors.tensors()].length * 16;
    for (let round = 0; round < 60; round++) {
      expect((await refusal(good.subarray(0, random.integer(good.length)))).code).toBe(
        "invalid-file",
      );
      const flipped = good.slice();
      const at = good.length - 1 - random.integer(dataBytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.integer(8));
      expect((await refusal(flipped)).code).toBe("invalid-file");
    }
  });

  test("none there", async () => {
    await expect(loadSteeringVectors(path)).rejects.toMatchObject({
      code: "not-found",
      facts: { path },
    });
  });
});
