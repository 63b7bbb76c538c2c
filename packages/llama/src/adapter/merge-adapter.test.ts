import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { fixtureFolder } from "../../test/fixture-engine.ts";
import { openCheckpoint } from "../checkpoint/open-checkpoint.ts";
import { TokenEngine } from "../engine/token-engine.ts";
import { findFolder } from "../model/find-folder.ts";
import { mergeAdapter } from "./merge-adapter.ts";

// Made by make-adapter.py with PEFT.
const made = fileURLToPath(new URL("../../test/fixtures/adapter/", import.meta.url));
const expected = z
  .object({ tokens: z.array(z.number()), logits: z.array(z.number()) })
  .parse(JSON.parse(await readFile(join(made, "expected.json"), "utf8")));
const base = fixtureFolder("grouped-heads");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-adapter-"));
  await cp(made, join(folder, "adapter"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

async function setConfig(changes: object): Promise<void> {
  const path = join(folder, "adapter", "adapter_config.json");
  const config: object = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...config, ...changes }));
}

async function lastLogits(model: string): Promise<readonly number[]> {
  const { config, tensors } = await openCheckpoint(model);
  const engine = await TokenEngine.open(config, tensors, { device: "cpu", threads: 1 });
  const position = expected.tokens.length - 1;
  const { logits } = await engine.forward({
    vectors: [],
    sequences: [{ ids: expected.tokens, steps: [] }],
    logits: [{ sequence: 0, position }],
  });
  await engine.dispose();
  return [...(logits[0] ?? [])];
}

describe("a LoRA adapter of PEFT", () => {
  test("merged, gives PEFT's logits, which are not those of the model without it", async () => {
    await mergeAdapter(base, join(folder, "adapter"), join(folder, "merged"));
    const logits = await lastLogits(join(folder, "merged"));
    expected.logits.forEach((x, i) => expect(logits[i]).toBeCloseTo(x, 4));
    const plain = await lastLogits(base);
    expect(Math.max(...plain.map((x, i) => Math.abs(x - (logits[i] ?? 0))))).toBeGreaterThan(0.01);
  });

  test("is opened in place of a model, merged once and kept", async () => {
    await setConfig({ base_model_name_or_path: base });
    const options = { cacheDir: join(folder, "cache") };
    const found = await findFolder(join(folder, "adapter"), options);
    expect(found.id).toBe("adapter");
    const logits = await lastLogits(found.folder);
    expected.logits.forEach((x, i) => expect(logits[i]).toBeCloseTo(x, 4));
    expect(await findFolder(join(folder, "adapter"), options)).toEqual(found);
  });

  test("one for another model is refused", async () => {
    const merge = mergeAdapter(fixtureFolder("biases"), join(folder, "adapter"), join(folder, "m"));
    await expect(merge).rejects.toMatchObject({ code: "shape-mismatch" });
  });

  test.each([
    ["another kind", { peft_type: "IA3" }],
    ["another scale", { use_rslora: true }],
    ["magnitudes", { use_dora: true }],
    ["trained biases", { bias: "all" }],
    ["ranks by module", { rank_pattern: { q_proj: 4 } }],
    ["whole modules beside it", { modules_to_save: ["lm_head"] }],
  ])("%s is refused by name", async (_, changes) => {
    await setConfig(changes);
    await expect(
      mergeAdapter(base, join(folder, "adapter"), join(folder, "m")),
    ).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining(Object.keys(changes)[0] ?? ""),
    });
  });

  test.each([
    ["no kind", { peft_type: undefined }],
    ["a rank that is no number", { r: "8" }],
    ["a scale that is not positive", { lora_alpha: 0 }],
    ["no base model", { base_model_name_or_path: null }],
    ["a list of ranks", { rank_pattern: [4] }],
    ["biases that are no word", { bias: true }],
  ])("%s is an invalid file, whatever else it asks for", async (_, changes) => {
    await setConfig({ use_dora: true, ...changes });
    await expect(
      mergeAdapter(base, join(folder, "adapter"), join(folder, "m")),
    ).rejects.toMatchObject({
      code: "invalid-file",
      message: expect.stringContaining(Object.keys(changes)[0] ?? ""),
    });
  });

  test("an adapter of an adapter is refused", async () => {
    await setConfig({ base_model_name_or_path: join(folder, "adapter") });
    await expect(
      findFolder(join(folder, "adapter"), { cacheDir: join(folder, "cache") }),
    ).rejects.toMatchObject({ code: "unsupported" });
  });

  test("one with factors that are no numbers is refused, and leaves nothing behind", async () => {
    const path = join(folder, "adapter", "adapter_model.safetensors");
    const bytes = await readFile(path);
    bytes.writeFloatLE(Number.NaN, bytes.length - 4);
    await writeFile(path, bytes);
    const merge = mergeAdapter(base, join(folder, "adapter"), join(folder, "merged"));
    await expect(merge).rejects.toMatchObject({ code: "invalid-file" });
    expect(await readdir(folder)).toEqual(["adapter"]);
  });

  test("of a commit of a hub model is added to that commit", async () => {
    await setConfig({ base_model_name_or_path: "org/base", revision: "a".repeat(40) });
    const found = findFolder(join(folder, "adapter"), { cacheDir: folder, offline: true });
    await expect(found).rejects.toMatchObject({ code: "not-found" });
    await setConfig({ base_model_name_or_path: "org/base", revision: ".." });
    await expect(
      findFolder(join(folder, "adapter"), { cacheDir: folder, offline: true }),
    ).rejects.toThrow(/expected a branch, tag or commit, got "\.\."/);
  });
});
