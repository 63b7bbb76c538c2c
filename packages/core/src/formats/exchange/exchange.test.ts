import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { decodeSteeringVectors } from "../../steering-vectors/encode.ts";
import type { SteeringVectors } from "../../steering-vectors/steering-vectors.ts";
import { madeUpVectors } from "../../testing/made-up-vectors.ts";
import { ggufBytes } from "../gguf/gguf-file.ts";
import { readGgufHeader } from "../gguf/header.ts";
import { exportVectors } from "./export-vectors.ts";
import { importVectors } from "./import-vectors.ts";
import { layerOfName } from "./layer-of-name.ts";
import { filesOfModel } from "./reference-files.ts";

const numbersOf = (vectors: SteeringVectors): readonly (readonly [number, Float32Array])[] =>
  vectors.layers.map((layer) => [layer, vectors.vector(layer)]);

test(".pt to ours to GGUF to ours to .pt comes back equal, with what is known of it", async () => {
  const { files: elsewhere } = exportVectors(
    madeUpVectors({ layers: [1, 2, 13], metadata: { modelId: "org/Llama-2-7b" } }),
    { format: "torch" },
  );
  expect(elsewhere.map(({ name }) => name)).toEqual([
    "vec_layer_1_Llama-2-7b.pt",
    "vec_layer_2_Llama-2-7b.pt",
    "vec_layer_13_Llama-2-7b.pt",
  ]);
  const first = await importVectors(elsewhere, {
    behavior: "refusal",
    modelId: "org/Llama-2-7b",
    architecture: "LlamaForCausalLM",
    layerCount: 32,
    normalized: true,
  });
  const gguf = exportVectors(first.vectors, { format: "gguf" });
  expect(gguf.left).toEqual([]);
  const second = await importVectors(gguf.files);
  expect(second.own).toBe(true);
  const { contentHash, ...metadata } = second.vectors.metadata;
  expect({ ...metadata, contentHash: null }).toEqual(first.vectors.metadata);
  expect(contentHash).toMatch(/^[0-9a-f]{64}$/);
  expect(metadata.provenance).toMatchObject({
    sources: elsewhere.map(({ name, bytes }) => ({
      name,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    })),
  });
  expect(Object.keys(metadata.normalization?.targetNorm ?? {})).toEqual(["1", "2", "13"]);
  const back = exportVectors(second.vectors, { format: "torch" });
  expect(back.files).toEqual(elsewhere);
});

test("a control vector has the keys that llama.cpp and repeng read, and a place for every layer but 0", async () => {
  const vectors = madeUpVectors({
    layers: [0, 1, 5],
    metadata: { architecture: "Qwen2ForCausalLM" },
  });
  const { files, left } = exportVectors(vectors, { format: "gguf" });
  expect(left).toEqual([
    "layer 0, to which llama.cpp adds nothing",
    "the vectors of halves and of label shuffles",
  ]);
  const [file] = files;
  expect(file?.name).toBe("model.gguf");
  const bytes = file?.bytes ?? new Uint8Array();
  const { metadata, tensors } = await readGgufHeader(ggufBytes(bytes));
  expect(metadata.get("general.architecture")).toBe("controlvector");
  expect(metadata.get("controlvector.model_hint")).toBe("qwen2");
  expect(metadata.get("controlvector.layer_count")).toBe(2);
  expect([...tensors.keys()]).toEqual(["direction.1", "direction.5"]);
  for (const [name, { offset }] of tensors) {
    expect(offset % 32).toBe(0);
    const stored = new Float32Array(bytes.slice(offset, offset + 16).buffer);
    expect(stored).toEqual(vectors.vector(Number(name.slice("direction.".length))));
  }
  const refused = (layers: readonly number[] | undefined, from: SteeringVectors) => () =>
    exportVectors(from, { format: "gguf", layers });
  expect(refused([0, 1], vectors)).toThrow(/layer 0: expected layers from 1 on/);
  expect(refused(undefined, madeUpVectors({ layers: [0] }))).toThrow(/layer 0/);
  expect(refused([2], vectors)).toThrow(/expected one of the layers 0, 1, 5, got 2/);
});

test("a control vector of ours that was changed is refused", async () => {
  const [file] = exportVectors(madeUpVectors(), { format: "gguf" }).files;
  const bytes = Uint8Array.from(file?.bytes ?? []);
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
  await expect(importVectors([{ name: "a.gguf", bytes }])).rejects.toMatchObject({
    code: "invalid-file",
    message: expect.stringMatching(/^a\.gguf: .*the file was changed/),
  });
});

test("our own file keeps everything, of the layers that are asked for", async () => {
  const vectors = madeUpVectors({ layers: [0, 1, 5] });
  const { files, left } = exportVectors(vectors, { format: "safetensors", layers: [0, 5] });
  expect(left).toEqual([]);
  const { vectors: read, own } = await importVectors(files, { behavior: "sycophancy" });
  expect(own).toBe(true);
  expect(numbersOf(read)).toEqual(numbersOf(vectors).filter(([layer]) => layer !== 1));
  expect(read.shuffles[4]?.get(5)).toEqual(vectors.shuffles[4]?.get(5));
  expect(read.halves?.[1].get(0)).toEqual(vectors.halves?.[1].get(0));
  expect(decodeSteeringVectors(files[0]?.bytes ?? new Uint8Array()).layers).toEqual([0, 5]);
  for (const [options, message] of [
    [{ behavior: "refusal" }, /expected vectors of refusal, got vectors of sycophancy/],
    [{ modelId: "org/other" }, /made on org\/other, got vectors made on fake\/model/],
    [{ layer: 5 }, /expected no layer beside it/],
    [{ normalized: true }, /normalized, got vectors that are raw/],
  ] as const) {
    await expect(importVectors(files, options)).rejects.toThrow(message);
  }
});

test("what is not said is asked for", async () => {
  const { files } = exportVectors(madeUpVectors(), { format: "torch" });
  await expect(importVectors(files, { modelId: "m" })).rejects.toThrow(/expected the behavior/);
  await expect(importVectors(files, { behavior: "b" })).rejects.toThrow(/expected the model/);
  await expect(importVectors([])).rejects.toMatchObject({ code: "empty-selection" });
  const zeros = madeUpVectors().scaled(() => 0);
  const said = { behavior: "b", modelId: "m", normalized: true };
  await expect(
    importVectors(exportVectors(zeros, { format: "torch" }).files, said),
  ).rejects.toThrow(/layer 3: expected a normalized vector, got one of zeros/);
});

test.each([
  ["vector.13", "tensor", 13],
  ["13", "tensor", 13],
  ["model.layers.13", "tensor", 13],
  ["layers.13.mlp.4", "tensor", 13],
  ["blocks.13.hook_resid_post", "tensor", 13],
  ["direction", "tensor", null],
  ["vector.10013", "tensor", null],
  ["-1", "tensor", null],
  ["layer.-1", "tensor", null],
  ["head.2.value.3", "tensor", null],
  ["layer_1.layer_2", "tensor", null],
  ["vec_layer_13_Llama-2-7b-chat-hf.pt", "file", 13],
  ["layer-4.pt", "file", 4],
  ["Llama-2-7b.safetensors", "file", null],
  ["player_2.pt", "file", null],
  ["a\u001b[31m/..", "tensor", null],
] as const)("the layer of %s, a %s, is %s", (name, kind, layer) => {
  expect(layerOfName(name, kind)).toBe(layer);
});

test("of files of several models those of one are taken", () => {
  const names = [7, 13].map((size) => `vec_layer_3_Llama-2-${size}b-chat-hf.pt`);
  const [small, large] = names;
  expect(filesOfModel(names, "llama-2-13b-chat-hf")).toEqual({
    names: [large],
    model: "Llama-2-13b-chat-hf",
  });
  expect(filesOfModel([small ?? ""], "phantom").model).toBe("Llama-2-7b-chat-hf");
  expect(filesOfModel(["a.pt", "b.pt"], "phantom")).toEqual({
    names: ["a.pt", "b.pt"],
    model: null,
  });
  expect(() => filesOfModel([large ?? "", "a.pt"], undefined)).toThrow(
    /expected files of one model/,
  );
  expect(() => filesOfModel([...names, "a.pt"], "phantom")).toThrow(
    /expected files of phantom, got some of Llama-2-13b-chat-hf, Llama-2-7b-chat-hf, other names/,
  );
});
