import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, type FloatTensor } from "@caa/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCheckpoint, type Checkpoint } from "../src/checkpoint/open-checkpoint.ts";
import { TokenEngine } from "../src/engine/token-engine.ts";
import { dequantizeBlocks } from "../src/quantize/blocks.ts";
import { quantizeCheckpoint } from "../src/quantize/quantize-checkpoint.ts";
import { expectedOf, fixtureFolder } from "./fixture-engine.ts";

/** The same model with its blocks spread out into floats: what the quantized graph should compute. */
function writeDequantized(from: Checkpoint, folder: string): void {
  cpSync(from.folder, folder, { recursive: true });
  const bytesOf = (name: string): Uint8Array<ArrayBuffer> => {
    const tensor = from.tensors.get(name);
    const start = tensor?.offset ?? 0;
    return Uint8Array.from(
      readFileSync(tensor?.file ?? "").subarray(start, start + (tensor?.byteLength ?? 0)),
    );
  };
  const floats = (name: string): Float32Array<ArrayBuffer> =>
    new Float32Array(bytesOf(name).buffer);
  const tensors = new Map<string, FloatTensor>();
  for (const [name, { shape }] of from.tensors) {
    if (name.endsWith(".blocks")) {
      const weight = name.slice(0, -".blocks".length);
      const [rows = 0, blocks = 0, bytes = 0] = shape;
      const held = { data: bytesOf(name), scales: floats(`${weight}.scales`) };
      const data = dequantizeBlocks(held, rows, blocks * 32, { bits: bytes === 32 ? 8 : 4 });
      tensors.set(weight, { shape: [rows, blocks * 32], data });
    } else if (!name.endsWith(".scales")) {
      tensors.set(name, { shape, data: floats(name) });
    }
  }
  writeFileSync(join(folder, "model.safetensors"), encodeSafetensors(tensors));
}

describe.each([8, 4] as const)("%i-bit blocks", (bits) => {
  let folder: string;
  const engines: TokenEngine[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "caa-quantized-"));
    await quantizeCheckpoint(fixtureFolder("bf16"), join(folder, "blocks"), bits);
    writeDequantized(await openCheckpoint(join(folder, "blocks")), join(folder, "floats"));
    for (const kind of ["blocks", "floats"]) {
      const { config, tensors } = await openCheckpoint(join(folder, kind));
      engines.push(await TokenEngine.open(config, tensors, { device: "cpu", threads: 1 }));
    }
  });
  afterAll(async () => {
    await Promise.all(engines.map((engine) => engine.dispose()));
    rmSync(folder, { recursive: true });
  });

  test("a token that the embeddings do not have is an error, not a crash", async () => {
    const [engine] = engines;
    const sequences = [{ ids: [1, 1_000_000], steps: [] }];
    const job = { vectors: [], sequences, logits: [{ sequence: 0, position: 1 }] };
    await expect(engine?.forward(job)).rejects.toMatchObject({
      code: "invalid-data",
      facts: { id: 1_000_000 },
    });
  });

  test("the lens reads the last block as the model itself does", async () => {
    const [engine] = engines;
    const ids = expectedOf("bf16").cases[2]?.tokens ?? [];
    const position = ids.length - 1;
    const sequence = { ids, steps: [] };
    const job = { vectors: [], sequence, layers: [2], positions: [position], top: 5 };
    const lens = await engine?.lens(job);
    const tokens = [...(lens?.topTokens.subarray(-5) ?? [])];
    const forward = await engine?.forward({
      vectors: [],
      sequences: [sequence],
      probabilities: [{ sequence: 0, position, tokens }],
    });
    expect(new Set(tokens).size).toBe(5);
    forward?.probabilities[0]?.forEach((p, i) =>
      expect(lens?.topProbabilities.at(i - 5)).toBeCloseTo(p, 5),
    );
    expect(forward?.probabilities[0]).toHaveLength(5);
  });

  test("the stream is within 0.1 % of the dequantized weights' at every layer", async () => {
    const ids = expectedOf("bf16").cases[2]?.tokens ?? [];
    const places = ids.map((_, position) => ({ sequence: 0, position }));
    for (const layer of [0, 1, 2]) {
      const job = {
        vectors: [],
        sequences: [{ ids, steps: [] }],
        residual: { layers: [layer], places },
      };
      const [blocks = [], floats = []] = await Promise.all(
        engines.map(async (engine) =>
          (await engine.forward(job)).residual.flatMap((row) => [...row]),
        ),
      );
      const difference = Math.hypot(...floats.map((x, i) => x - (blocks[i] ?? Number.NaN)));
      expect(difference / Math.hypot(...floats)).toBeLessThan(0.001);
    }
  });
});
