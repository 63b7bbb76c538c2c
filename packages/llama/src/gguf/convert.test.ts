import { parseSafetensorsHeader, safetensorsHeaderLength } from "@caa/core";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCheckpoint } from "../checkpoint/open-checkpoint.ts";
import { convertGguf } from "./convert.ts";
import { openGguf } from "./open.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/gguf/${name}`, import.meta.url));
const MODEL = fixture("tiny-llama.gguf");
const FILES = [
  "config.json",
  "generation_config.json",
  "model.safetensors",
  "tokenizer.json",
  "tokenizer_config.json",
];

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-convert-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("every tensor as the gguf package reads it, query and key rows in Hugging Face's order", async () => {
  const out = join(folder, "out");
  const seen = new Array<number>();
  await convertGguf(MODEL, out, {
    onProgress: ({ written, total }) => seen.push(written / total),
  });
  expect(seen.at(-1)).toBe(1);
  expect((await readdir(out)).sort()).toEqual(FILES);
  const file = new Uint8Array(await readFile(join(out, "model.safetensors")));
  const length = safetensorsHeaderLength(file, file.length);
  const header = parseSafetensorsHeader(file.subarray(8, 8 + length), file.length);
  const got: Record<string, unknown> = {};
  for (const [name, { dtype, shape, offset, byteLength }] of header.tensors) {
    const bytes = file.subarray(offset, offset + byteLength);
    got[name] = { shape, sha256: createHash("sha256").update(bytes).digest("hex") };
    expect(dtype).toBe("F32");
  }
  expect(got).toEqual(JSON.parse(await readFile(fixture("tiny-llama.json"), "utf8")));
});

test("the folder opens as a checkpoint with the model's shape and rope scaling", async () => {
  const out = join(folder, "out");
  await convertGguf(MODEL, out);
  const { config, chatTemplate, eosTokenIds } = await openCheckpoint(out);
  expect(config).toMatchObject({
    architecture: "LlamaForCausalLM",
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 8,
    vocab_size: 280,
    max_position_embeddings: 16_384,
    rms_norm_eps: Math.fround(1e-5),
    rope_theta: 500_000,
    rope_scaling: {
      type: "llama3",
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    },
    tie_word_embeddings: true,
    bos_token_id: 1,
  });
  expect(chatTemplate).toContain("<|im_start|>");
  expect(eosTokenIds).toEqual([2]);
});

describe("nothing is left under the final name", () => {
  const refused = (code: string): unknown => expect.objectContaining({ code });

  test("when it is stopped in the middle, or before", async () => {
    const abort = new AbortController();
    const run = convertGguf(MODEL, join(folder, "out"), {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(run).rejects.toThrow(refused("aborted"));
    const again = convertGguf(MODEL, join(folder, "out"), { signal: abort.signal });
    await expect(again).rejects.toThrow(refused("aborted"));
    expect(await readdir(folder)).toEqual([]);
  });

  test("when the file is cut off, holds no model, or is not there", async () => {
    const bytes = await readFile(MODEL);
    const cut = join(folder, "cut.gguf");
    await writeFile(cut, bytes.subarray(0, -100));
    const out = join(folder, "out");
    await expect(convertGguf(cut, out)).rejects.toThrow(refused("invalid-file"));
    await expect(convertGguf(fixture("bpe.gguf"), out)).rejects.toThrow(
      /no "llama\.embedding_length"/,
    );
    await expect(convertGguf(join(folder, "none"), out)).rejects.toThrow(refused("io"));
    expect(await readdir(folder)).toEqual(["cut.gguf"]);
  });

  test("and what is there already is kept", async () => {
    await writeFile(join(folder, "mine"), "");
    await expect(convertGguf(MODEL, folder)).rejects.toThrow(refused("invalid-argument"));
    expect(await readdir(folder)).toEqual(["mine"]);
  });
});

describe("the cache of converted folders", () => {
  const weights = async (path: string): Promise<number> =>
    (await stat(join(path, "model.safetensors"))).mtimeMs;

  test("converts once, also for a copy of the file, and again when a file was deleted", async () => {
    const cacheDir = join(folder, "cache");
    const first = await openGguf(MODEL, { cacheDir });
    const made = await weights(first);
    expect(await openGguf(MODEL, { cacheDir })).toBe(first);
    const copy = join(folder, "tiny-llama.gguf");
    await writeFile(copy, await readFile(MODEL));
    expect(await openGguf(copy, { cacheDir })).toBe(first);
    expect(await weights(first)).toBe(made);
    await rm(join(first, "tokenizer.json"));
    expect(await openGguf(MODEL, { cacheDir })).toBe(first);
    expect((await readdir(first)).sort()).toEqual(FILES);
  });

  test("converts a file that was replaced under its name", async () => {
    const cacheDir = join(folder, "cache");
    const file = join(folder, "model.gguf");
    const bytes = await readFile(MODEL);
    await writeFile(file, bytes);
    const first = await openGguf(file, { cacheDir });
    bytes[bytes.length - 40] = 1 ^ (bytes.at(-40) ?? 0);
    await writeFile(file, bytes);
    await expect(openGguf(file, { cacheDir })).resolves.not.toBe(first);
  });

  test("two at once share one result", async () => {
    const cacheDir = join(folder, "cache");
    const [a, b] = await Promise.all([
      openGguf(MODEL, { cacheDir }),
      openGguf(MODEL, { cacheDir }),
    ]);
    expect(a).toBe(b);
    expect(await readdir(join(cacheDir, "gguf"))).toHaveLength(1);
  });
});
