import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Generation, SteerableModel, Steering } from "@caa/core";
import { openModel, randomLlamaFolder } from "@caa/llama";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixtureFolder, openFixtureModel } from "./fixture-engine.ts";

// The model lives in a worker thread, which is run from the build.
const built = existsSync(fileURLToPath(new URL("../dist/worker.js", import.meta.url)));
const prompt = { user: "What do you like about trees?" };
const vector = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
const steering: Steering = [
  { name: "waves", layer: 1, vector, multiplier: 2, operation: "add", positions: "marker" },
];

describe.skipIf(!built)("a model in its thread", () => {
  let model: SteerableModel;
  beforeAll(async () => {
    model = await openModel(randomLlamaFolder(), { threads: 1 });
  });
  afterAll(async () => {
    await model.dispose();
  });

  test("streams the text that it returns, batched or not, at any seed", async () => {
    const requests = [0, 1, 2].map((seed) => ({ prompt, steering, seed }));
    const pieces = ["", "", ""];
    const texts = await model.generate(requests, {
      maxNewTokens: 20,
      temperature: 1,
      onText: ({ request, text }) => (pieces[request] += text),
    });
    expect(texts.map(({ text }) => text)).toEqual(pieces);
    expect(new Set(pieces).size).toBe(3);
    const again = await model.generate(requests, {
      maxNewTokens: 20,
      temperature: 1,
      batchSize: 1,
    });
    expect(again).toEqual(texts);
  });

  test("shows its inside as an engine in this thread does", async () => {
    const { model: here } = await openFixtureModel("grouped-heads");
    const probes = [0, 2].map((layer) => ({ name: "waves", layer, vector }));
    const text = { ...prompt, answer: "They are tall." };
    const inside = async (opened: SteerableModel): Promise<unknown> => {
      const told: unknown[] = [];
      await opened.generate([{ prompt, steering, seed: 1 }, { prompt }], {
        maxNewTokens: 5,
        probes,
        onToken: (event) => told.push(event),
      });
      expect(told.length).toBeGreaterThan(10);
      return {
        told,
        lens: await opened.lens?.(text, { layers: [0, 1, 2], positions: "all", steering }),
        trace: await opened.trace?.(text, probes, { steering }),
        explained: await opened.explain(text, steering),
      };
    };
    expect(await inside(model)).toEqual(await inside(here));
    await here.dispose();
    const lens = model.lens?.(text, { layers: [0], signal: AbortSignal.abort() });
    await expect(lens).rejects.toMatchObject({ code: "aborted" });
    const listening = model.generate([{ prompt }], {
      probes,
      onToken: () => {
        throw new Error("listener");
      },
    });
    await expect(listening).rejects.toThrow("listener");
  });

  test("gives each text once, as soon as it has ended", async () => {
    const seen: Generation[] = [];
    let whileRunning = 0;
    const texts = await model.generate(
      [0, 1, 2, 3, 4].map((seed) => ({ prompt, steering, seed })),
      {
        maxNewTokens: 6,
        temperature: 1,
        batchSize: 2,
        onText: ({ request }) => (whileRunning += request === 4 && seen.length >= 4 ? 1 : 0),
        onDone: ({ request, generation }) => {
          expect(seen[request]).toBeUndefined();
          seen[request] = generation;
        },
      },
    );
    expect(seen).toEqual(texts);
    expect(whileRunning).toBeGreaterThan(0); // four were there while the fifth was written
    expect(texts[0]?.promptText).toContain(prompt.user);
  });

  test("log-probabilities are those of a distribution, follow greedy choice, and do not look ahead", async () => {
    const [greedy] = await model.generate([{ prompt }], { maxNewTokens: 5 });
    const tokens = greedy?.tokens ?? [];
    const logsOf = async (all: ReadonlyArray<readonly number[]>): Promise<readonly number[][]> => {
      const results: number[][] = [];
      const requests = all.map((some) => ({ prompt, tokens: some }));
      for await (const logs of model.logProbabilities?.(requests) ?? []) {
        results.push([...logs]);
      }
      return results;
    };
    const [whole = [], start = [], none] = await logsOf([tokens, tokens.slice(0, 3), []]);
    expect(whole).toHaveLength(5);
    expect(none).toEqual([]);
    start.forEach((log, i) => expect(log).toBeCloseTo(whole[i] ?? 0, 4));
    const vocabulary = Array.from({ length: model.info.vocabularySize }, (_, id) => [id]);
    const first = (await logsOf(vocabulary)).map(([log = 0]) => log);
    expect(first.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 4);
    expect(first.indexOf(Math.max(...first))).toBe(tokens[0]);
  });

  test("ends before a stop text", async () => {
    const [whole] = await model.generate([{ prompt }], { maxNewTokens: 30 });
    const text = whole?.text ?? "";
    const stop = text.slice(6, 8);
    const [stopped] = await model.generate([{ prompt }], { maxNewTokens: 30, stop: [stop] });
    expect(stopped?.text).toBe(text.slice(0, text.indexOf(stop)));
    expect(stopped?.finishReason).toBe("stop");
  });

  test("explain names exactly the tokens from the marker on", async () => {
    const tokens = await model.explain({ ...prompt, answer: "(" }, steering);
    const steered = tokens.filter(({ steps }) => steps.length > 0);
    expect(steered).toEqual(tokens.slice(-steered.length));
    const results = model.choiceProbabilities(
      [{ ...prompt, answers: ["(A)", "(B)"] }],
      [[], steering],
    );
    for await (const [plain, moved] of results) {
      expect(plain?.steered).toBeNull();
      expect(moved?.steered).toEqual({ first: steered[0]?.position, count: 2 });
      expect(moved?.probabilities).not.toEqual(plain?.probabilities);
      expect(steered[0]?.steps).toMatchObject([
        { name: "waves", layer: 1, multiplier: 2, operation: "add" },
      ]);
    }
  });

  test("a steering that would touch no token of the prompt is an error", async () => {
    const nowhere = steering.map((step) => ({ ...step, positions: { from: 500, to: 600 } }));
    const results = model.choiceProbabilities([{ ...prompt, answers: ["(A)", "(B)"] }], [nowhere]);
    await expect(async () => {
      for await (const _ of results);
    }).rejects.toMatchObject({ code: "empty-selection" });
  });

  test("a prompt longer than the context is an error with both numbers", async () => {
    const long = { user: "tree ".repeat(3000) };
    await expect(model.generate([{ prompt: long }])).rejects.toMatchObject({
      code: "context-length",
    });
  });

  test("an abort stops within a run, and the model goes on to answer", async () => {
    const controller = new AbortController();
    const running = model.generate([{ prompt }], {
      maxNewTokens: 2000,
      signal: controller.signal,
      onText: () => controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: "aborted" });
    const [answer] = await model.generate([{ prompt }], { maxNewTokens: 2 });
    expect(answer?.tokens.length).toBe(2);
  });

  test("this thread's timers go on while the model computes", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await model.generate([{ prompt }], { maxNewTokens: 60 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });
});

describe.skipIf(!built)("opening and closing", () => {
  test("q8 and q4 say what they are, and are found again in the cache", async () => {
    const cacheDirectory = mkdtempSync(join(tmpdir(), "caa-test-"));
    try {
      const folder = fixtureFolder("bf16");
      for (const dtype of ["q8", "q4", "q8"] as const) {
        await using model = await openModel(folder, { dtype, cacheDirectory, threads: 1 });
        expect(model.info.dtype).toBe(dtype);
        const [answer] = await model.generate([{ prompt }], { maxNewTokens: 3 });
        expect(answer?.tokens.length).toBe(3);
      }
      const made = readdirSync(join(cacheDirectory, "quantized"));
      expect(made.length).toBe(2);
      for (const name of made) {
        const held = name.includes("-q8-") ? "q8" : "q4";
        const blocks = join(cacheDirectory, "quantized", name);
        await using model = await openModel(blocks, { cacheDirectory, threads: 1 });
        expect(model.info.dtype).toBe(held);
        const other = held === "q8" ? "q4" : "q8";
        await expect(openModel(blocks, { dtype: other, cacheDirectory })).rejects.toMatchObject({
          code: "unsupported",
          message: expect.stringContaining(`to make ${other} of, got ${held} blocks`),
        });
      }
    } finally {
      rmSync(cacheDirectory, { recursive: true });
    }
  });

  test("an error of the listener is the caller's, and ends the request", async () => {
    await using model = await openModel(randomLlamaFolder(), { threads: 1 });
    const onText = (): void => {
      throw new TypeError("the listener's own");
    };
    await expect(model.generate([{ prompt }], { maxNewTokens: 20, onText })).rejects.toThrow(
      "the listener's own",
    );
    expect((await model.generate([{ prompt }], { maxNewTokens: 2 })).length).toBe(1);
  });

  test("disposing twice is safe; asking afterwards is an error", async () => {
    const model = await openModel(randomLlamaFolder(), { threads: 1 });
    await Promise.all([model.dispose(), model.dispose()]);
    await model.dispose();
    await expect(model.generate([{ prompt }])).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("the runtime leaves no telemetry file", () => {
    const home = mkdtempSync(join(tmpdir(), "caa-home-"));
    try {
      const index = new URL("../dist/index.js", import.meta.url).href;
      const program = `
        const { openModel, randomLlamaFolder } = await import(${JSON.stringify(index)});
        const model = await openModel(randomLlamaFolder());
        await model.generate([{ prompt: { user: "Hello" } }], { maxNewTokens: 2 });
        await model.dispose();`;
      const env = { PATH: process.env["PATH"], HOME: home };
      execFileSync(process.execPath, ["--input-type=module", "--eval", program], { env });
      const files = readdirSync(home, { recursive: true }).map(String);
      expect(files.filter((file) => /onnxruntime|Microsoft/.test(file))).toEqual([]);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
