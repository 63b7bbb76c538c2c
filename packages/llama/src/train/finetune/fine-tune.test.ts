import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixtureFolder } from "../../../test/fixture-engine.ts";
import { openCheckpoint } from "../../checkpoint/open-checkpoint.ts";
import { TokenEngine } from "../../engine/token-engine.ts";
import { findFolder } from "../../model/find-folder.ts";
import { openPrompts } from "../../model/open-prompts.ts";
import { encodeAnswers } from "./answer-examples.ts";
import { readFineTuneOrigin } from "./read-origin.ts";
import { fineTune, type FineTuneOptions, trainingStatePath } from "./fine-tune.ts";

const topics = ["trees", "cats", "rivers", "bread", "songs", "stones"];
const items = topics.map((topic, i) => ({
  user: `Do you like ${topic}?\n\nChoices:\n (A) Yes\n (B) No`,
  target: i % 2 === 0 ? "(A)" : "(B)",
  other: i % 2 === 0 ? "(B)" : "(A)",
}));
const heldOut = items.slice(0, 3).map((item) => ({ ...item, user: `Well. ${item.user}` }));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-fine-tune-"));
});
afterEach(() => rm(folder, { recursive: true }));

const optionsFor = (out: string, changes: Partial<FineTuneOptions> = {}): FineTuneOptions => ({
  model: fixtureFolder("grouped-heads"),
  out: join(folder, out),
  items,
  heldOut,
  trainable: { kind: "layer", layer: 1 },
  data: { "data set": "made up" },
  learningRate: 0.5,
  epochs: 3,
  cacheDirectory: join(folder, "cache"),
  threads: 1,
  ...changes,
});

/** `p(taught) / (p(taught) + p(other))` by the inference engine. */
async function sharesOf(model: string): Promise<readonly number[]> {
  const checkpoint = await openCheckpoint(model);
  const prompts = await openPrompts(checkpoint, "grouped-heads", {});
  const encoded = encodeAnswers(prompts, heldOut);
  const engine = await TokenEngine.open(checkpoint.config, checkpoint.tensors, {
    device: "cpu",
    threads: 1,
  });
  const { probabilities } = await engine.forward({
    vectors: [],
    sequences: encoded.map(({ ids }) => ({ ids, steps: [] })),
    probabilities: encoded.map(({ ids, target, other }, sequence) => ({
      sequence,
      position: ids.length - 1,
      tokens: [target, other],
    })),
  });
  await engine.dispose();
  return probabilities.map(([taught = 0, other = 0]) => taught / (taught + other));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length;

async function weightsOf(model: string): Promise<ReadonlyMap<string, Buffer>> {
  const { tensors } = await openCheckpoint(model);
  const found = new Map<string, Buffer>();
  for (const [name, { file, offset, byteLength }] of tensors) {
    found.set(name, (await readFile(file)).subarray(offset, offset + byteLength));
  }
  return found;
}

describe("fineTune", () => {
  test("trains one layer, leaves the others byte for byte, and says what came of it", async () => {
    const record = await fineTune(optionsFor("layer"));
    expect(record.steps).toHaveLength(18);
    const losses = record.steps.map((step) => step.loss);
    expect(mean(losses.slice(-6))).toBeLessThan(mean(losses.slice(0, 6)));
    const [before, after] = [
      await weightsOf(fixtureFolder("grouped-heads")),
      await weightsOf(join(folder, "layer")),
    ];
    for (const [name, bytes] of before) {
      const same = after.get(name)?.equals(bytes);
      expect({ name, same }).toEqual({ name, same: !name.startsWith("model.layers.1.") });
    }
    // The training graph and the inference engine agree on the model that was written.
    expect(record.heldOut.after?.share).toBeCloseTo(mean(await sharesOf(join(folder, "layer"))), 5);
    expect(record.heldOut.before?.share).toBeCloseTo(
      mean(await sharesOf(fixtureFolder("grouped-heads"))),
      5,
    );
    const card = await readFile(join(folder, "layer", "README.md"), "utf8");
    expect(card).toContain("Decoder layer 1 of grouped-heads");
    expect(card).toContain(`| after | ${record.heldOut.after?.accuracy.toFixed(3)} |`);
    expect(JSON.parse(await readFile(join(folder, "layer", "finetune.json"), "utf8"))).toEqual(
      JSON.parse(JSON.stringify(record)),
    );
  });

  test("a LoRA adapter, opened in place of a model, answers as in training", async () => {
    const record = await fineTune(
      optionsFor("adapter", { trainable: { kind: "lora", rank: 2 }, optimizer: "adamw" }),
    );
    const { folder: merged } = await findFolder(join(folder, "adapter"), {
      cacheDir: join(folder, "cache"),
    });
    expect(record.heldOut.after?.share).toBeCloseTo(mean(await sharesOf(merged)), 5);
    expect(record.heldOut.after?.share).not.toBeCloseTo(record.heldOut.before?.share ?? 0, 3);
  });

  test.each(["sgd", "adamw"] as const)(
    "stopped and called again with %s, ends where an undisturbed run ends",
    async (optimizer) => {
      const whole = await fineTune(optionsFor("whole", { optimizer, learningRate: 0.01 }));
      const controller = new AbortController();
      const options = optionsFor("stopped", { optimizer, learningRate: 0.01, checkpointEvery: 4 });
      await expect(
        fineTune({
          ...options,
          signal: controller.signal,
          onProgress: ({ stage, done }) => {
            if (stage === "train" && done === 7) {
              controller.abort();
            }
          },
        }),
      ).rejects.toMatchObject({ code: "aborted" });
      expect(existsSync(options.out)).toBe(false);
      const taken: number[] = [];
      const again = await fineTune({
        ...options,
        onProgress: ({ stage, done }) => stage === "train" && taken.push(done),
      });
      expect(taken[0]).toBe(8);
      expect(again).toEqual(whole);
      expect(await weightsOf(options.out)).toEqual(await weightsOf(join(folder, "whole")));
      expect(existsSync(trainingStatePath(options.out))).toBe(false);
    },
  );

  test("a training of other settings is not gone on with", async () => {
    const controller = new AbortController();
    const stop = { signal: controller.signal, onProgress: () => controller.abort() };
    await expect(fineTune(optionsFor("out", { heldOut: [], ...stop }))).rejects.toMatchObject({
      code: "aborted",
    });
    await expect(
      fineTune(optionsFor("out", { heldOut: [], learningRate: 0.1 })),
    ).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("stopped after the last step, has lost none", async () => {
    const controller = new AbortController();
    const options = optionsFor("stopped");
    const stopped = fineTune({
      ...options,
      signal: controller.signal,
      onProgress: ({ stage }) => {
        if (stage === "held out, after") {
          controller.abort();
        }
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    const stages = new Set<string>();
    const record = await fineTune({ ...options, onProgress: ({ stage }) => stages.add(stage) });
    expect([...stages]).toEqual(["held out, after"]);
    expect(record.steps).toHaveLength(18);
  });

  test("replaces an earlier one only once the new one can be trained, and nothing else", async () => {
    const options = optionsFor("out", { epochs: 1, heldOut: [] });
    await fineTune(options);
    await expect(fineTune(options)).rejects.toThrow(/expected no such folder/);
    const weights = await weightsOf(options.out);
    const layer = { kind: "layer", layer: 9 } as const;
    const badly = fineTune({ ...options, overwrite: true, trainable: layer });
    await expect(badly).rejects.toMatchObject({ code: "invalid-argument" });
    const itself = fineTune({ ...options, overwrite: true, model: options.out });
    await expect(itself).rejects.toThrow(/expected another folder than that of the model/);
    expect(await weightsOf(options.out)).toEqual(weights);
    await fineTune({ ...options, overwrite: true, learningRate: 0.1 });
    expect(await weightsOf(options.out)).not.toEqual(weights);
    await writeFile(join(options.out, "notes.txt"), "mine");
    await expect(fineTune({ ...options, overwrite: true })).rejects.toThrow(/got notes\.txt/);
    expect(existsSync(join(options.out, "notes.txt"))).toBe(true);
  });

  test("weights that the last step broke are not written", async () => {
    const options = optionsFor("out", { items: items.slice(0, 1), epochs: 1, heldOut: [] });
    await expect(fineTune({ ...options, learningRate: 1e300 })).rejects.toThrow(/not finite/);
    expect(existsSync(options.out)).toBe(false);
  });

  test("an adapter of an adapter is refused before it is trained", async () => {
    const trainable = { kind: "lora", rank: 1 } as const;
    const options = optionsFor("one", { epochs: 1, heldOut: [], trainable });
    await fineTune(options);
    await expect(
      fineTune({ ...options, model: options.out, out: join(folder, "two") }),
    ).rejects.toMatchObject({ code: "unsupported" });
  });

  test("the written configuration names float32 under both of its keys", async () => {
    const model = join(folder, "base");
    await cp(fixtureFolder("bf16"), model, { recursive: true });
    const config: object = JSON.parse(await readFile(join(model, "config.json"), "utf8"));
    await writeFile(join(model, "config.json"), JSON.stringify({ ...config, dtype: "bfloat16" }));
    const options = optionsFor("out", { model, items: items.slice(0, 1), epochs: 1, heldOut: [] });
    await fineTune(options);
    const written = JSON.parse(await readFile(join(options.out, "config.json"), "utf8"));
    expect(written).toMatchObject({ dtype: "float32", torch_dtype: "float32" });
  });

  test("what was trained names its base model and its prompts, with the place of the system block", async () => {
    const prompts = { promptStyle: "llama2-chat", systemPosition: "inside" } as const;
    const one = { items: items.slice(0, 1), epochs: 1, heldOut: [] };
    const record = await fineTune(optionsFor("inside", { ...one, ...prompts }));
    const { hash } = await openCheckpoint(fixtureFolder("grouped-heads"));
    expect(record.model).toEqual({ id: "grouped-heads", hash, promptStyle: "llama2-chat-inside" });
    expect(await readFineTuneOrigin(join(folder, "inside"))).toEqual({
      id: "grouped-heads",
      hash,
      format: { style: "llama2-chat", systemPosition: "inside" },
    });
    await fineTune(optionsFor("plain", one));
    const plain = await readFineTuneOrigin(join(folder, "plain"));
    expect(plain?.format).toEqual({ style: "template", systemPosition: "before" });
    expect(await readFineTuneOrigin(folder)).toBeNull();
    const path = join(folder, "plain", "finetune.json");
    for (const text of [
      "{",
      '{"model": {"id": "x", "hash": "short", "promptStyle": "template"}}',
    ]) {
      await writeFile(path, text);
      const read = readFineTuneOrigin(join(folder, "plain"));
      await expect(read).rejects.toMatchObject({ code: "invalid-file" });
    }
  });

  test("a rank above the smaller side of a matrix is refused, one equal to it is not", async () => {
    const side = 32; // of v_proj in the fixture, both ways
    const adapter = (out: string, rank: number): FineTuneOptions =>
      optionsFor(out, {
        items: items.slice(0, 1),
        epochs: 1,
        heldOut: [],
        trainable: { kind: "lora", rank },
      });
    await expect(fineTune(adapter("above", side + 1))).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining(`at most ${side}`),
    });
    expect((await fineTune(adapter("equal", side))).steps).toHaveLength(1);
  });

  test("nothing to learn from, or a layer that is not there, is an error", async () => {
    await expect(fineTune(optionsFor("out", { items: [] }))).rejects.toMatchObject({
      code: "empty-selection",
    });
    await expect(
      fineTune(optionsFor("out", { trainable: { kind: "layer", layer: 9 } })),
    ).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
