import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModel, readModelFacts } from "@caa/llama";
import { expect, test, vi } from "vitest";

const fixture = (path: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/${path}`, import.meta.url));

test("the configuration alone tells what an opened model is", async () => {
  await using model = await openModel("phantom", { device: "cpu" });
  const { id, architecture, layerCount, dModel } = model.info;
  expect(await readModelFacts("phantom")).toEqual({ id, architecture, layerCount, dModel });
});

test("folders, GGUF files and adapters are told", async () => {
  expect(await readModelFacts(fixture("models/mistral"))).toMatchObject({
    id: "mistral",
    architecture: "MistralForCausalLM",
    layerCount: 3,
    dModel: 32,
  });
  expect(await readModelFacts(fixture("gguf/tiny-llama.gguf"))).toEqual({
    id: "tiny-llama.gguf",
    architecture: "LlamaForCausalLM",
    layerCount: 2,
    dModel: 32,
  });
  await expect(readModelFacts(fixture("tokenizers"))).rejects.toThrow(/with config\.json/);
  await expect(readModelFacts("no such/model at/all")).rejects.toMatchObject({ code: "not-found" });
});

test("a model of the hub is known where its configuration is in the cache, without weights", async () => {
  const cache = await mkdtemp(join(tmpdir(), "caa-facts-"));
  vi.stubEnv("HF_HUB_CACHE", cache);
  try {
    expect(await readModelFacts("llama-2-7b-chat")).toBeNull();
    const root = join(cache, "models--meta-llama--Llama-2-7b-chat-hf");
    const commit = "0123456789".repeat(4);
    await mkdir(join(root, "snapshots", commit), { recursive: true });
    await mkdir(join(root, "refs"));
    await writeFile(join(root, "refs", "main"), commit);
    expect(await readModelFacts("llama-2-7b-chat")).toBeNull();
    const config = {
      architectures: ["LlamaForCausalLM"],
      hidden_size: 4096,
      intermediate_size: 11008,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      vocab_size: 32000,
    };
    await writeFile(join(root, "snapshots", commit, "config.json"), JSON.stringify(config));
    expect(await readModelFacts("llama-2-7b-chat")).toEqual({
      id: "meta-llama/Llama-2-7b-chat-hf",
      architecture: "LlamaForCausalLM",
      layerCount: 32,
      dModel: 4096,
    });
  } finally {
    vi.unstubAllEnvs();
    await rm(cache, { recursive: true });
  }
});
