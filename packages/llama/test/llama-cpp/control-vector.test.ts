import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomDirection, SteeringVectors } from "@caa/core";
import { exportVectors, importVectors } from "@caa/core/files";
import { madeUpVectors } from "@caa/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openCheckpoint } from "../../src/checkpoint/open-checkpoint.ts";
import { TokenEngine } from "../../src/engine/token-engine.ts";
import { convertGguf } from "../../src/gguf/convert.ts";
import { step } from "../fixture-engine.ts";

// llama.cpp itself, by the folder of its libraries: see control-vector.py. Without it these tests are skipped.
const libraries = process.env["CAA_TEST_LLAMA_CPP"];
const script = fileURLToPath(new URL("control-vector.py", import.meta.url));
const fixture = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const conformance = "../../../core/test/fixtures/vector-formats";
/** Both sides compute in float32 from the same numbers. */
const TOLERANCE = 1e-4;
const TOKENS = Array.from({ length: 12 }, (_, i) => 3 + ((i * 37) % 250));

interface Job {
  readonly file: string | null;
  readonly strength?: number;
  readonly layers?: readonly [first: number, last: number];
}

type Logits = readonly number[];

/** Null where llama.cpp refuses the file. */
async function llamaCpp(model: string, jobs: readonly Job[]): Promise<readonly (Logits | null)[]> {
  const input = jobs.map(({ file, strength = 1, layers = null }) => ({
    file,
    strength,
    layers,
    tokens: TOKENS,
  }));
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      "python3",
      [script, libraries ?? "", model],
      { maxBuffer: 1 << 28 },
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    );
    child.stdin?.end(JSON.stringify(input));
  });
  return z.array(z.array(z.number()).nullable()).parse(JSON.parse(output));
}

/** Length of the difference, relative to what is expected. */
function distance(got: Logits, expected: Logits): number {
  return Math.hypot(...difference(got, expected)) / Math.hypot(...expected);
}

const difference = (a: Logits, b: Logits): Logits => a.map((x, i) => x - (b[i] ?? Number.NaN));

const models = [
  { name: "tiny-llama", path: fixture("../fixtures/gguf/tiny-llama.gguf"), length: 1 },
  {
    name: "SmolLM2-135M-Instruct",
    path: join(process.env["CAA_TEST_MODEL"] ?? "", "SmolLM2-135M-Instruct.Q4_1.gguf"),
    length: 40,
  },
];

describe.each(models)("llama.cpp adds control vectors as we do: $name", ({ path, length }) => {
  const runs = libraries !== undefined && existsSync(path);
  let folder = "";
  let engine: TokenEngine;
  let depth = 0;
  let width = 0;
  beforeAll(async () => {
    if (runs) {
      folder = await mkdtemp(join(tmpdir(), "caa-llama-cpp-"));
      await convertGguf(path, join(folder, "model"));
      const { config, tensors } = await openCheckpoint(join(folder, "model"));
      engine = await TokenEngine.open(config, tensors, { device: "cpu", threads: 2 });
      depth = config.num_hidden_layers;
      width = config.hidden_size;
    }
  }, 120_000);
  afterAll(async () => {
    if (runs) {
      await engine.dispose();
      await rm(folder, { recursive: true });
    }
  });

  /** Vectors at layers times multipliers, added at every token. */
  async function ours(
    steps: readonly (readonly [vector: Float32Array, layer: number, multiplier: number])[],
  ): Promise<Logits> {
    const { logits } = await engine.forward({
      vectors: steps.map(([vector]) => vector),
      sequences: [
        {
          ids: TOKENS,
          steps: steps.map(([, layer, multiplier], vector) => step({ layer, vector, multiplier })),
        },
      ],
      logits: [{ sequence: 0, position: TOKENS.length - 1 }],
      residual: { layers: [], places: [] },
    });
    return [...(logits[0] ?? [])];
  }

  /** A control vector of random directions, written and read again. */
  async function made(
    layers: readonly number[],
  ): Promise<{ readonly file: string; readonly vectors: SteeringVectors }> {
    const { metadata } = madeUpVectors();
    const drawn = new Map(layers.map((layer) => [layer, randomDirection(width, length, layer)]));
    const random = new SteeringVectors({ vectors: drawn, metadata });
    const { files } = exportVectors(random, { format: "gguf" });
    const file = join(folder, `${layers.join("-")}.gguf`);
    const bytes = files[0]?.bytes ?? new Uint8Array();
    await writeFile(file, bytes);
    return { file, vectors: (await importVectors([{ name: file, bytes }])).vectors };
  }

  test.runIf(runs)(
    "direction.<n> is our layer n and no other; strength and range as documented",
    async () => {
      const middle = Math.floor(depth / 2);
      const layers = [...new Set([1, middle, depth - 1])];
      const one = await Promise.all(layers.map((layer) => made([layer])));
      const { file, vectors } = await made(layers);
      const [plain, all, negative, ranged, ...alone] = await llamaCpp(path, [
        { file: null },
        { file },
        { file, strength: -0.5 },
        { file, layers: [1, 1] },
        ...one,
      ]);
      const steps = (multiplier: number) =>
        layers.map((layer) => [vectors.vector(layer), layer, multiplier] as const);
      for (const [theirs, mine] of [
        [plain, await ours([])],
        [all, await ours(steps(1))],
        [negative, await ours(steps(-0.5))],
        [ranged, await ours([[vectors.vector(1), 1, 1]])],
      ] as const) {
        expect(distance(mine, theirs ?? [])).toBeLessThan(TOLERANCE);
      }
      for (const [index, layer] of layers.entries()) {
        const theirs = alone[index] ?? [];
        const vector = one[index]?.vectors.vector(layer) ?? new Float32Array();
        expect(distance(await ours([[vector, layer, 1]]), theirs)).toBeLessThan(TOLERANCE);
        // How far the neighboring layers are off, relative to what the vector does.
        const effect = difference(theirs, plain ?? []);
        for (const other of [layer - 1, layer + 1].filter((at) => at < depth)) {
          const moved = difference(await ours([[vector, other, 1]]), plain ?? []);
          expect(distance(moved, effect)).toBeGreaterThan(0.05);
        }
      }
    },
    300_000,
  );

  test.runIf(runs)("what llama.cpp refuses we refuse", async () => {
    const files = ["zero.gguf", "half.gguf"].map((name) => fixture(`${conformance}/${name}`));
    expect(
      await llamaCpp(
        path,
        files.map((file) => ({ file })),
      ),
    ).toEqual([null, null]);
  });
});
