import { CaaError, encodeSafetensors, type FloatTensor } from "@caa/core";
import { cp, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseLlamaConfig } from "../config/llama-config.ts";
import { cacheDirectory } from "./cache-directory.ts";
import { expectedWeights } from "./check-weights.ts";
import { openCheckpoint } from "./open-checkpoint.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/models/${name}`, import.meta.url));
const configJson = {
  architectures: ["LlamaForCausalLM"],
  hidden_size: 4,
  intermediate_size: 6,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: 5,
  eos_token_id: 2,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-checkpoint-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, value: unknown): Promise<void> =>
  writeFile(
    join(folder, name),
    typeof value === "string" || value instanceof Uint8Array ? value : JSON.stringify(value),
  );

function tensorsOf(json: unknown = configJson): Map<string, FloatTensor> {
  const entries = [...expectedWeights(parseLlamaConfig(json))];
  return new Map(
    entries.map(([name, shape], index) => {
      const size = shape.reduce((product, axis) => product * axis, 1);
      return [name, { shape, data: new Float32Array(size).fill(index) }];
    }),
  );
}

async function putModel(
  change: (tensors: Map<string, FloatTensor>) => void = () => {},
): Promise<void> {
  const tensors = tensorsOf();
  change(tensors);
  await put("config.json", configJson);
  await put("tokenizer.json", {});
  await put("model.safetensors", encodeSafetensors(tensors));
}

async function failure(path = folder): Promise<CaaError> {
  try {
    await openCheckpoint(path);
  } catch (error) {
    if (error instanceof CaaError) {
      return error;
    }
    throw error;
  }
  throw new TypeError("expected a refusal");
}

describe("models written by PyTorch open", () => {
  test.each([
    "tied",
    "untied",
    "grouped-heads",
    "biases",
    "rope-llama3",
    "f16",
    "bf16",
    "sharded",
    "mistral",
  ])("%s", async (name) => {
    const { config, tensors, chatTemplate, eosTokenIds } = await openCheckpoint(fixture(name));
    expect([...tensors.keys()].sort()).toEqual([...expectedWeights(config).keys()].sort());
    expect(chatTemplate).toContain("im_start");
    expect(eosTokenIds).toEqual([2]);
  });
});

test("a tensor is found where its bytes lie", async () => {
  await putModel();
  const { tensors } = await openCheckpoint(folder);
  const bytes = await readFile(join(folder, "model.safetensors"));
  for (const [name, { data, shape }] of tensorsOf()) {
    const found = tensors.get(name);
    expect(found?.shape).toEqual(shape);
    expect(found?.type).toBe("float32");
    const offset = found?.offset ?? 0;
    expect(
      new Float32Array(new Uint8Array(bytes.subarray(offset, offset + data.byteLength)).buffer),
    ).toEqual(data);
  }
});

test("what older or tied checkpoints carry beside their weights is left out", async () => {
  await putModel((tensors) => {
    tensors.set("model.layers.0.self_attn.rotary_emb.inv_freq", {
      shape: [1],
      data: new Float32Array(1),
    });
    tensors.set("v_head.weight", { shape: [1], data: new Float32Array(1) });
  });
  await put("config.json", { ...configJson, tie_word_embeddings: true });
  const { tensors } = await openCheckpoint(folder);
  expect(tensors.has("lm_head.weight")).toBe(false);
  expect(tensors.size).toBe(tensorsOf().size - 1);
});

describe("weights that do not fit the configuration", () => {
  test("missing", async () => {
    await putModel((tensors) => tensors.delete("model.layers.1.mlp.up_proj.weight"));
    const error = await failure();
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("model.layers.1.mlp.up_proj.weight");
  });

  test("of another shape", async () => {
    await putModel((tensors) =>
      tensors.set("model.norm.weight", { shape: [2, 2], data: new Float32Array(4) }),
    );
    const error = await failure();
    expect(error.code).toBe("shape-mismatch");
    expect(error.message).toContain('"model.norm.weight": expected [4] by config.json, got [2, 2]');
  });

  test("that nothing would read", async () => {
    const name = "model.layers.0.self_attn.q_norm.weight";
    await putModel((tensors) => tensors.set(name, { shape: [2], data: new Float32Array(2) }));
    const error = await failure();
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain(name);
  });

  test("of another type", async () => {
    const shape = [5, 4];
    await putModel();
    const bytes = Buffer.from(encodeSafetensors(tensorsOf()));
    const place = bytes.indexOf(`"F32","shape":${JSON.stringify(shape)}`);
    bytes.write("I32", place + 1);
    await put("model.safetensors", new Uint8Array(bytes));
    const error = await failure();
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain("I32");
  });
});

describe("shards", () => {
  const index = async (change: (map: Record<string, unknown>) => void): Promise<void> => {
    await cp(fixture("sharded"), folder, { recursive: true });
    const json: { weight_map: Record<string, unknown> } = JSON.parse(
      await readFile(join(folder, "model.safetensors.index.json"), "utf8"),
    );
    change(json.weight_map);
    await put("model.safetensors.index.json", json);
  };

  test.each([
    "../model.safetensors",
    "/etc/x.safetensors",
    "a/b.safetensors",
    "..\\b.safetensors",
    "x.bin",
    ".safetensors",
    3,
  ])("the name %s is refused", async (name) => {
    await index((map) => (map["lm_head.weight"] = name));
    expect((await failure()).code).toBe("invalid-file");
  });

  test("a weight that is not in its shard", async () => {
    await index((map) => (map["lm_head.weight"] = "model-00001-of-00002.safetensors"));
    const error = await failure();
    expect(error.code).toBe("invalid-file");
    expect(error.message).toContain(
      'expected tensor "lm_head.weight" in model-00001-of-00002.safetensors',
    );
  });

  test("a shard that is not there", async () => {
    await index(() => {});
    await rm(join(folder, "model-00002-of-00002.safetensors"));
    const error = await failure();
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("model-00002-of-00002.safetensors");
  });

  test("an index without weights", async () => {
    await index(() => {});
    await put("model.safetensors.index.json", { weight_map: {} });
    expect((await failure()).code).toBe("invalid-file");
  });
});

describe("folders that are something else", () => {
  test("no folder", async () => {
    expect((await failure(join(folder, "missing"))).code).toBe("not-found");
  });

  test("pickled weights are refused with the way out", async () => {
    await put("config.json", configJson);
    await put("pytorch_model.bin", "x");
    const error = await failure();
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain("safe_serialization");
  });

  test("a folder around a GGUF file names the file", async () => {
    await put("model.Q8_0.gguf", "x");
    const error = await failure();
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("got model.Q8_0.gguf: open that file itself");
  });

  test("no tokenizer.json", async () => {
    await putModel();
    await rm(join(folder, "tokenizer.json"));
    await put("tokenizer.model", "x");
    const error = await failure();
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("tokenizer.model");
  });

  test("a cut weight file", async () => {
    await putModel();
    await put(
      "model.safetensors",
      (await readFile(join(folder, "model.safetensors"))).subarray(0, -4),
    );
    const error = await failure();
    expect(error.code).toBe("invalid-file");
    expect(error.message).toContain("model.safetensors");
  });

  test.each([0, 5])("a weight file of %d bytes", async (size) => {
    await putModel();
    await put("model.safetensors", new Uint8Array(size));
    expect((await failure()).code).toBe("invalid-file");
  });

  test("a configuration that is no JSON", async () => {
    await putModel();
    await put("config.json", "{");
    expect((await failure()).code).toBe("invalid-file");
  });

  test("a configuration too large to be one", async () => {
    await putModel();
    await put("config.json", new Uint8Array(1024 * 1024 + 1));
    expect((await failure()).code).toBe("invalid-file");
  });
});

test("ends and template of their own files come before those of the others", async () => {
  await putModel();
  await put("tokenizer_config.json", { chat_template: "old" });
  expect(await openCheckpoint(folder)).toMatchObject({ eosTokenIds: [2], chatTemplate: "old" });
  await put("generation_config.json", { eos_token_id: [3, 4] });
  await put("chat_template.jinja", "new");
  expect(await openCheckpoint(folder)).toMatchObject({ eosTokenIds: [3, 4], chatTemplate: "new" });
});

describe("the hash", () => {
  const hash = async (cacheDir?: string): Promise<string> =>
    (await openCheckpoint(folder, { cacheDir })).hash;

  test("changes with one bit of any file, and only then", async () => {
    await putModel();
    const first = await hash();
    expect(await hash()).toBe(first);
    const seen = new Set([first]);
    const bytes = await readFile(join(folder, "model.safetensors"));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await put("model.safetensors", bytes);
    seen.add(await hash());
    await put("tokenizer.json", { a: 1 });
    seen.add(await hash());
    await put("config.json", { ...configJson, rope_theta: 1e6 });
    seen.add(await hash());
    await put("chat_template.jinja", "t");
    seen.add(await hash());
    expect(seen.size).toBe(5);
  });

  test("is remembered, but not past a change that hides its time", async () => {
    await putModel();
    const cacheDir = join(folder, "cache");
    const file = join(folder, "model.safetensors");
    const time = new Date(1_700_000_000_000);
    await utimes(file, time, time);
    const first = await hash(cacheDir);
    expect(first).toBe(await hash());
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    await utimes(file, time, time);
    const second = await hash(cacheDir);
    expect(second).not.toBe(first);
    expect(second).toBe(await hash());
  });

  test("is taken from its record while the file is as it was", async () => {
    await putModel();
    const cacheDir = join(folder, "cache");
    const first = await hash(cacheDir);
    const records = await readdir(join(cacheDir, "hashes"));
    expect(records).toHaveLength(3);
    for (const name of records) {
      const record: { sha256: string } = JSON.parse(
        await readFile(join(cacheDir, "hashes", name), "utf8"),
      );
      await writeFile(
        join(cacheDir, "hashes", name),
        JSON.stringify({ ...record, sha256: "0".repeat(64) }),
      );
    }
    expect(await hash(cacheDir)).not.toBe(first);
    for (const name of records) {
      await writeFile(join(cacheDir, "hashes", name), "damaged");
    }
    expect(await hash(cacheDir)).toBe(first);
  });

  test("survives a cache that cannot be written", async () => {
    await putModel();
    await put("cache", "a file where the folder should be");
    expect(await hash(join(folder, "cache"))).toBe(await hash());
  });

  test("does not depend on where the model lies, and follows links", async () => {
    await putModel();
    const first = await hash();
    const other = await mkdtemp(join(tmpdir(), "caa-linked-"));
    try {
      for (const name of ["config.json", "tokenizer.json", "model.safetensors"]) {
        await symlink(join(folder, name), join(other, name));
      }
      const linked = await openCheckpoint(other);
      expect(linked.hash).toBe(first);
      expect(linked.tensors).toEqual((await openCheckpoint(folder)).tensors);
    } finally {
      await rm(other, { recursive: true });
    }
  });

  test("stops when asked to", async () => {
    await putModel();
    await expect(openCheckpoint(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "aborted",
    });
  });
});

test("cache folders follow the environment", () => {
  expect(cacheDirectory({ CAA_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
  expect(cacheDirectory({ XDG_CACHE_HOME: "/b" })).toBe(join("/b", "caa"));
  expect(cacheDirectory({})).toMatch(/\.cache.caa$/);
});
