import { execFile, spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { randomDirection, SteeringVectors } from "@caa/core";
import { saveSteeringVectors, sha256File } from "@caa/core/files";
import { madeUpVectors } from "@caa/core/testing";
import {
  type BakedStep,
  type ExportOptions,
  type ExportRecord,
  exportModel,
  openExport,
} from "@caa/llama";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCheckpoint } from "../src/checkpoint/open-checkpoint.ts";
import type { LlamaConfig } from "../src/config/llama-config.ts";
import type { TokenStep } from "../src/engine/jobs.ts";
import { TokenEngine } from "../src/engine/token-engine.ts";
import {
  expectedOf,
  fixtureFolder,
  fixtureNames,
  relativeDifference,
  step,
} from "./fixture-engine.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-export-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function exported(
  model: string,
  options: Partial<ExportOptions> & { readonly dtype?: "q8" | "q4" } = {},
): Promise<{ readonly record: ExportRecord; readonly out: string }> {
  const { dtype, out = join(folder, "out"), ...rest } = options;
  const source = await openExport(model, { dtype, cacheDirectory: join(folder, "cache") });
  return { record: await exportModel(source, { ...rest, out }), out };
}

const bakedStep = (layer: number, vector: Float32Array, multiplier: number): BakedStep => ({
  name: "random",
  layer,
  vector,
  multiplier,
  operation: "add",
  positions: "all",
  vectorsHash: "0123",
});

/** Logits (S, V) of the engine at every token. */
async function ours(
  model: string,
  ids: readonly number[],
  vectors: readonly Float32Array[] = [],
  steps: readonly TokenStep[] = [],
): Promise<readonly number[]> {
  const { config, tensors } = await openCheckpoint(model);
  const engine = await TokenEngine.open(config, tensors, { device: "cpu", threads: 1 });
  const logits = ids.map((_, position) => ({ sequence: 0, position }));
  const result = await engine.forward({ vectors, sequences: [{ ids, steps }], logits });
  await engine.dispose();
  return result.logits.flatMap((row) => [...row]);
}

/** A graph as a stranger runs it: by its path, with no option. */
async function open(out: string): Promise<InferenceSession> {
  return await InferenceSession.create(join(out, "model.onnx"), { logSeverityLevel: 3 });
}

const int64 = (ids: readonly number[]): Tensor =>
  new Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]);

const zeros = (...shape: readonly number[]): Tensor =>
  new Tensor("float32", new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

function floatsOf(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) {
    throw new TypeError("expected float32");
  }
  return tensor.data;
}

async function run(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Float32Array> {
  return floatsOf((await session.run(feeds))["logits"]);
}

/** Two vectors at two layers, with an amount for each token and vector. */
function steeringFeeds(
  { num_hidden_layers: L, hidden_size: d }: Pick<LlamaConfig, "num_hidden_layers" | "hidden_size">,
  vectors: readonly Float32Array[],
  tokens: number,
  amount: (layer: number, token: number, vector: number) => number,
): Readonly<Record<string, Tensor>> {
  const table = zeros(L, vectors.length, d);
  const amounts = zeros(L, 1, tokens, vectors.length);
  for (let layer = 0; layer < L; layer++) {
    vectors.forEach((vector, k) => {
      floatsOf(table).set(vector, (layer * vectors.length + k) * d);
      for (let token = 0; token < tokens; token++) {
        floatsOf(amounts)[(layer * tokens + token) * vectors.length + k] = amount(layer, token, k);
      }
    });
  }
  return { steering_vectors: table, steering_coefficients: amounts };
}

describe.each(fixtureNames)("%s as ONNX", (name) => {
  test("computes PyTorch's logits, plain and steered", async () => {
    const { steering, cases } = expectedOf(name);
    const { out } = await exported(fixtureFolder(name));
    const { config } = await openCheckpoint(fixtureFolder(name));
    const session = await open(out);
    const vector = Float32Array.from(steering.vector);
    for (const { tokens, plain, steered } of cases) {
      for (const [expected, multiplier] of [
        [plain, 0],
        [steered, steering.multiplier],
      ] as const) {
        const logits = await run(session, {
          input_ids: int64(tokens),
          ...steeringFeeds(config, [vector], tokens.length, (layer, token) =>
            layer === steering.layer && token >= steering.fromPosition ? multiplier : 0,
          ),
        });
        const V = config.vocab_size;
        const last = logits.subarray((tokens.length - 1) * V);
        expect(relativeDifference(last, expected.logits)).toBeLessThan(1e-4);
      }
    }
    await session.release();
  });
});

describe("the graph", () => {
  const model = fixtureFolder("grouped-heads");
  const ids = expectedOf("grouped-heads").cases[2]?.tokens ?? [];

  test("steers each token by its own amounts, and all alike where one amount is given", async () => {
    const { out } = await exported(model);
    const { config } = await openCheckpoint(model);
    const session = await open(out);
    const vectors = [3, 4].map((seed) => randomDirection(config.hidden_size, 2, seed));
    const amount = (layer: number, token: number, k: number): number =>
      layer === 1 ? (token % 3) - k : layer === 2 ? 0.5 * k : 0;
    const steps = ids.flatMap((_, token) =>
      [1, 2].flatMap((layer) =>
        [0, 1].map((vector) =>
          step({ layer, vector, multiplier: amount(layer, token, vector), from: token, to: token }),
        ),
      ),
    );
    const each = await run(session, {
      input_ids: int64(ids),
      ...steeringFeeds(config, vectors, ids.length, amount),
    });
    expect(relativeDifference(each, await ours(model, ids, vectors, steps))).toBeLessThan(1e-5);
    const alike = await run(session, {
      input_ids: int64(ids),
      ...steeringFeeds(config, vectors, 1, (layer, _, k) => (layer === 1 ? k - 2 : 0)),
    });
    const all = [0, 1].map((vector) => step({ vector, multiplier: vector - 2 }));
    expect(relativeDifference(alike, await ours(model, ids, vectors, all))).toBeLessThan(1e-5);
    await session.release();
  });

  test("rows of a batch are independent, and what pads their ends changes nothing", async () => {
    const { out } = await exported(model, { steering: false });
    const session = await open(out);
    const [one, two] = [ids.slice(0, 5), ids.slice(2, 9)];
    const rows = [...one, 7, 7, ...two];
    const both = await run(session, {
      input_ids: new Tensor("int64", BigInt64Array.from(rows, BigInt), [2, 7]),
    });
    const V = both.length / 14;
    const first = both.subarray(0, 5 * V);
    expect(relativeDifference(first, await ours(model, one))).toBeLessThan(1e-5);
    expect(relativeDifference(both.subarray(7 * V), await ours(model, two))).toBeLessThan(1e-5);
    await session.release();
  });

  test("with a cache, token by token is the same as all at once", async () => {
    const { out } = await exported(model, { cache: true });
    const { config } = await openCheckpoint(model);
    const { num_hidden_layers: L, num_key_value_heads: heads, head_dim } = config;
    const session = await open(out);
    const vector = randomDirection(config.hidden_size, 2, 5);
    const steering = steeringFeeds(config, [vector], 1, (layer) => (layer === 1 ? 1.5 : 0));
    let past: Record<string, Tensor> = {};
    for (const kind of ["key", "value"]) {
      for (let layer = 0; layer < L; layer++) {
        past[`past_${kind}.${layer}`] = zeros(1, heads, 0, head_dim);
      }
    }
    const rows: number[] = [];
    for (const [start, end] of [
      [0, 4],
      ...ids.slice(4).map((_, i) => [i + 4, i + 5] as const),
    ] as const) {
      const results = await session.run({
        input_ids: int64(ids.slice(start, end)),
        ...steering,
        ...past,
      });
      rows.push(...floatsOf(results["logits"]));
      past = Object.fromEntries(
        Object.entries(past).map(([name, before]) => [
          name,
          appended(before, results[name.replace("past", "new")]),
        ]),
      );
    }
    const expected = await ours(model, ids, [vector], [step({ multiplier: 1.5 })]);
    expect(relativeDifference(rows, expected)).toBeLessThan(1e-5);
    await session.release();
  });

  /** (1, heads, T, d) and (1, heads, S, d), along axis 2. */
  function appended(before: Tensor, added: Tensor | undefined): Tensor {
    const [, heads = 0, T = 0, d = 0] = before.dims;
    const S = added?.dims[2] ?? 0;
    const joined = zeros(1, heads, T + S, d);
    for (let head = 0; head < heads; head++) {
      const at = head * (T + S) * d;
      floatsOf(joined).set(floatsOf(before).subarray(head * T * d, (head + 1) * T * d), at);
      floatsOf(joined).set(floatsOf(added).subarray(head * S * d, (head + 1) * S * d), at + T * d);
    }
    return joined;
  }

  test("baked vectors need no input and equal steering at all positions", async () => {
    const { config } = await openCheckpoint(model);
    const vectors = [8, 9].map((seed) => randomDirection(config.hidden_size, 3, seed));
    const [a = new Float32Array(0), b = new Float32Array(0)] = vectors;
    const bake = [bakedStep(0, a, 1.5), bakedStep(2, a, -1), bakedStep(2, b, 2)];
    const { out, record } = await exported(model, { bake });
    expect(record.graph?.inputs.map(({ name }) => name)).toEqual(["input_ids"]);
    expect(record.bake[0]).toEqual({
      name: "random",
      layer: 0,
      multiplier: 1.5,
      vectorsHash: "0123",
    });
    const session = await open(out);
    const logits = await run(session, { input_ids: int64(ids) });
    const steps = bake.map(({ layer, vector, multiplier }) =>
      step({ layer, vector: vector === a ? 0 : 1, multiplier }),
    );
    const steered = await ours(model, ids, vectors, steps);
    expect(relativeDifference(logits, steered)).toBeLessThan(1e-5);
    expect(relativeDifference(logits, await ours(model, ids))).toBeGreaterThan(0.05);
    await session.release();
  });

  test.each(["q8", "q4"] as const)("of %s blocks computes what we do, baked", async (dtype) => {
    const { config } = await openCheckpoint(fixtureFolder("bf16"));
    const vector = randomDirection(config.hidden_size, 3, 8);
    const { out, record } = await exported(fixtureFolder("bf16"), {
      dtype,
      bake: [bakedStep(1, vector, 2)],
    });
    expect(record.dtype).toBe(dtype);
    expect(record.graph?.contribOperators["com.microsoft"]).toContain("MatMulNBits");
    const session = await open(out);
    const logits = await run(session, { input_ids: int64(ids) });
    const [blocks = ""] = await readdir(join(folder, "cache", "quantized"));
    const quantized = join(folder, "cache", "quantized", blocks);
    const steered = await ours(quantized, ids, [vector], [step({ multiplier: 2 })]);
    // 8-bit products round what they read to blocks of int8, where the last digit of a sum can decide.
    expect(relativeDifference(logits, steered)).toBeLessThan(dtype === "q8" ? 5e-4 : 1e-5);
    expect(relativeDifference(await ours(quantized, ids), steered)).toBeGreaterThan(0.05);
    await session.release();
  });

  test("has the weights in one file at page boundaries, its hashes in the record", async () => {
    const { out, record } = await exported(model);
    expect((await readdir(out)).sort()).toEqual([
      "README.md",
      "config.json",
      "export.json",
      "model.onnx",
      "model.onnx.data",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    expect(JSON.parse(await readFile(join(out, "export.json"), "utf8"))).toEqual(record);
    for (const { name, bytes, sha256 } of record.graph?.files ?? []) {
      expect((await readFile(join(out, name))).length).toBe(bytes);
      expect(await sha256File(join(out, name))).toBe(sha256);
    }
  });

  test("refuses more tokens than the model has positions", async () => {
    const { config } = await openCheckpoint(model);
    const { num_key_value_heads: heads, head_dim, max_position_embeddings: P } = config;
    const tokens = (count: number): Tensor => int64(Array.from({ length: count }, () => 5));
    const whole = await open((await exported(model, { steering: false })).out);
    await whole.run({ input_ids: tokens(P) });
    await expect(whole.run({ input_ids: tokens(P + 1) })).rejects.toThrow(/out of data bounds/);
    await whole.release();
    const options = { steering: false, cache: true, out: join(folder, "cached") };
    const cached = await open((await exported(model, options)).out);
    const past = (length: number): Record<string, Tensor> =>
      Object.fromEntries(
        cached.inputNames
          .filter((name) => name.startsWith("past"))
          .map((name) => [name, zeros(1, heads, length, head_dim)]),
      );
    await cached.run({ input_ids: tokens(1), ...past(P - 1) });
    await expect(cached.run({ input_ids: tokens(1), ...past(P) })).rejects.toThrow(
      /out of data bounds/,
    );
    await cached.release();
  });
});

describe("a Hugging Face folder with a vector baked in", () => {
  test.each(["grouped-heads", "bf16", "untied", "sharded"])(
    "of %s opens as a model and equals steering at all positions",
    async (name) => {
      const model = fixtureFolder(name);
      const ids = expectedOf(name).cases[2]?.tokens ?? [];
      const { config } = await openCheckpoint(model);
      const vector = randomDirection(config.hidden_size, 3, 8);
      const { out } = await exported(model, { format: "hf", bake: [bakedStep(1, vector, -1.5)] });
      const steered = await ours(model, ids, [vector], [step({ multiplier: -1.5 })]);
      expect(relativeDifference(await ours(out, ids), steered)).toBeLessThan(1e-5);
      expect(relativeDifference(await ours(model, ids), steered)).toBeGreaterThan(0.05);
      // Baked once more, the other way, it is the model that it was.
      const again = await exportModel(await openExport(out), {
        out: join(folder, "back"),
        format: "hf",
        bake: [bakedStep(1, vector, 1.5)],
      });
      expect(again.model.hash).not.toBe((await openCheckpoint(model)).hash);
      const back = await ours(join(folder, "back"), ids);
      expect(relativeDifference(back, await ours(model, ids))).toBeLessThan(1e-5);
    },
  );

  test("is refused where blocks have no bias, weights are quantized, or nothing is baked", async () => {
    const bake = [bakedStep(1, randomDirection(32, 1, 1), 1)];
    const hf = { format: "hf", bake } as const;
    for (const model of ["mistral", "biases"]) {
      await expect(exported(fixtureFolder(model), hf)).rejects.toMatchObject({
        code: "unsupported",
      });
    }
    const quantized = exported(fixtureFolder("bf16"), { ...hf, dtype: "q8" });
    await expect(quantized).rejects.toMatchObject({ code: "unsupported" });
    await expect(exported(fixtureFolder("tied"), { format: "hf" })).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });
});

describe("exporting", () => {
  const model = fixtureFolder("tied");

  test("refuses what no bias can do", async () => {
    const { config } = await openCheckpoint(model);
    const add = bakedStep(1, randomDirection(config.hidden_size, 1, 1), 1);
    for (const [wrong, code] of [
      [{ ...add, operation: "ablate" }, "unsupported"],
      [{ ...add, operation: "clamp" }, "unsupported"],
      [{ ...add, positions: "marker" }, "unsupported"],
      [{ ...add, layer: config.num_hidden_layers }, "invalid-argument"],
      [{ ...add, layer: 0.5 }, "invalid-argument"],
      [{ ...add, multiplier: 1e300 }, "invalid-argument"],
      [{ ...add, vector: new Float32Array(3) }, "shape-mismatch"],
    ] as const) {
      await expect(exported(model, { bake: [wrong] })).rejects.toMatchObject({ code });
    }
    expect(await readdir(folder)).not.toContain("out");
  });

  test("stopped, leaves nothing; a folder is replaced only when asked, and only an export", async () => {
    const controller = new AbortController();
    const stopped = exported(model, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    expect((await readdir(folder)).filter((name) => name.includes("out"))).toEqual([]);

    const { out } = await exported(model);
    await expect(exported(model)).rejects.toMatchObject({ code: "invalid-argument" });
    const before = await readFile(join(out, "export.json"), "utf8");
    await expect(
      exported(model, { overwrite: true, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: "aborted" });
    expect(await readFile(join(out, "export.json"), "utf8")).toBe(before);
    await exported(model, { overwrite: true, cache: true });
    expect(await readFile(join(out, "export.json"), "utf8")).not.toBe(before);
    await writeFile(join(out, "notes.txt"), "mine");
    await expect(exported(model, { overwrite: true })).rejects.toThrow(/notes\.txt/);
    const file = join(out, "notes.txt");
    for (const at of [file, join(file, "out")]) {
      await expect(exported(model, { out: at, overwrite: true })).rejects.toMatchObject({
        code: "io",
      });
    }
  });

  test("hands on the license and its text, and is not written over the model", async () => {
    const copy = join(folder, "model");
    await cp(model, copy, { recursive: true });
    await writeFile(
      join(copy, "README.md"),
      "---\nlicense: apache-2.0\ntags: [x]\n---\n# A model\n",
    );
    await writeFile(join(copy, "LICENSE"), "The terms.");
    const { out, record } = await exported(copy);
    expect(record.model.license).toBe("apache-2.0");
    expect(await readFile(join(out, "LICENSE"), "utf8")).toBe("The terms.");
    const card = await readFile(join(out, "README.md"), "utf8");
    expect(card).toContain('license: "apache-2.0"');
    await expect(exported(copy, { out: copy, overwrite: true })).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });
});

test("onnxruntime-web computes the same, in WebAssembly", async () => {
  // The one that comes with the tokenizer's library.
  const { resolve } = createRequire(import.meta.resolve("@huggingface/transformers"));
  const web: { readonly InferenceSession: typeof InferenceSession } = await import(
    resolve("onnxruntime-web")
  );
  const { out, record } = await exported("phantom");
  const data = await readFile(join(out, "model.onnx.data"));
  const session = await web.InferenceSession.create(await readFile(join(out, "model.onnx")), {
    externalData: [{ path: "model.onnx.data", data }],
    executionProviders: ["wasm"],
  });
  const ids = [0, 86, 106, 103, 264, 109, 123, 297];
  const vector = randomDirection(record.dModel, 12, 7);
  const size = { num_hidden_layers: record.layerCount, hidden_size: record.dModel };
  const logits = await run(session, {
    input_ids: int64(ids),
    ...steeringFeeds(size, [vector], 1, (layer) => (layer === 4 ? 1.5 : 0)),
  });
  const { checkpoint } = await openExport("phantom");
  const steps = [step({ layer: 4, multiplier: 1.5 })];
  const steered = await ours(checkpoint.folder, ids, [vector], steps);
  expect(relativeDifference(logits, steered)).toBeLessThan(1e-5);
  await session.release();
});

// What a card says, run by a Python that has what it needs: CAA_TEST_PYTHON, or python3.
const python = process.env["CAA_TEST_PYTHON"] ?? "python3";
const has = (...modules: readonly string[]): boolean =>
  spawnSync(python, [
    "-c",
    `import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, ${JSON.stringify(modules)})))`,
  ]).status === 0;

async function pythonOf(out: string): Promise<string> {
  const [, code = ""] =
    /```python\n([^`]+)```/.exec(await readFile(join(out, "README.md"), "utf8")) ?? [];
  expect(code.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(20);
  return code;
}

async function runPython(code: string, cwd: string): Promise<string> {
  return (await promisify(execFile)(python, ["-c", code], { cwd })).stdout;
}

test.skipIf(!has("numpy", "onnxruntime"))(
  `the card's Python computes our logits, plain, steered and baked (${python} with onnxruntime)`,
  async () => {
    const { out } = await exported("phantom");
    const layer = 4;
    const vector = randomDirection(96, 12, 7);
    const { metadata } = madeUpVectors();
    await saveSteeringVectors(
      join(out, "vectors.safetensors"),
      new SteeringVectors({ vectors: new Map([[layer, vector]]), metadata }),
    );
    const { checkpoint } = await openExport("phantom");
    const code = await pythonOf(out);
    const ids = (/\[\[([\d, ]+)\]\]/.exec(code)?.[1] ?? "").split(", ").map(Number);
    const logitsOf = `
import sys
logits = session.run(["logits"], feeds)[0][0]
sys.stdout.write("\\n" + json.dumps(logits.tolist()))
`;
    const stdout = await runPython(code + logitsOf, out);
    const [words, numbers = "[]"] = stdout.split("\n\n");
    const theirs: readonly number[] = JSON.parse(numbers).flat();
    const steered = await ours(
      checkpoint.folder,
      ids,
      [vector],
      [step({ layer, multiplier: 1.5 })],
    );
    expect(relativeDifference(theirs, steered)).toBeLessThan(1e-5);
    const V = theirs.length / ids.length;
    const plain = await ours(checkpoint.folder, ids);
    const best = (logits: readonly number[]): number => {
      const last = logits.slice(-V);
      return last.indexOf(Math.max(...last));
    };
    expect(words).toBe(`plain: ${best(plain)}\nsteered: ${best(steered)}`);
    expect(best(plain)).not.toBe(best(steered));
    await exported("phantom", {
      out: join(folder, "baked"),
      cache: true,
      bake: [bakedStep(layer, vector, 1.5)],
    });
    expect(await runPython(await pythonOf(join(folder, "baked")), join(folder, "baked"))).toBe(
      `next token: ${best(steered)}\n`,
    );
  },
);

test.skipIf(!has("torch", "transformers"))(
  `transformers runs a baked folder as we steer (${python} with torch and transformers)`,
  async () => {
    const model = fixtureFolder("bf16");
    const ids = expectedOf("bf16").cases[2]?.tokens ?? [];
    const { config } = await openCheckpoint(model);
    const vector = randomDirection(config.hidden_size, 3, 8);
    const { out } = await exported(model, { format: "hf", bake: [bakedStep(1, vector, 2)] });
    const numbers = `
import json, torch
model, loading = AutoModelForCausalLM.from_pretrained(".", dtype=torch.float32, output_loading_info=True)
assert not any(loading.values()), loading
print(json.dumps(model(torch.tensor([${JSON.stringify(ids)}])).logits[0].tolist()))`;
    const lines = (await runPython((await pythonOf(out)) + numbers, out)).trimEnd().split("\n");
    const theirs: readonly number[] = JSON.parse(lines.at(-1) ?? "").flat();
    expect(lines.length).toBeGreaterThan(1); // the text of the card's own lines
    const steered = await ours(model, ids, [vector], [step({ multiplier: 2 })]);
    expect(relativeDifference(theirs, steered)).toBeLessThan(1e-4);
  },
);
