import { createRandom } from "@caa/core";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readWeights } from "../checkpoint/safetensors-files.ts";
import { SafetensorsWriter } from "../checkpoint/write-safetensors.ts";
import { type ExternalTensor, GraphBuilder } from "../graph/graph-builder.ts";
import { Weights } from "../graph/weights.ts";
import { GraphSession } from "../runtime/session.ts";
import { dequantizeBlocks, quantizeBlocks } from "./blocks.ts";

const n = 48;
const k = 128;

test.each([4, 8] as const)(
  "the runtime reads blocks of %d bits, scales of both signs, as dequantizeBlocks does",
  async (bits) => {
    const random = createRandom(bits);
    const gaussian = (length: number): Float32Array =>
      Float32Array.from({ length }, () => random.gaussian());
    const quantized = quantizeBlocks(gaussian(n * k), n, k, { bits });
    expect(quantized.scales.some((scale) => scale < 0)).toBe(true);
    expect(quantized.scales.some((scale) => scale > 0)).toBe(true);
    const back = dequantizeBlocks(quantized, n, k, { bits });

    const folder = await realpath(await mkdtemp(join(tmpdir(), "caa-layout-")));
    try {
      const table = await store(folder, quantized, bits);
      const graph = new GraphBuilder();
      const weights = new Weights(graph, table, "float32");
      const x = graph.input("x", "float32", ["rows", k]);
      const ids = graph.input("ids", "int64", ["rows"]);
      graph.output("product", weights.linear(x, "w"), "float32", ["rows", n]);
      graph.output("rows", weights.embedding(ids, "w"), "float32", ["rows", k]);
      const session = await GraphSession.create(graph.build(), { device: "cpu", threads: 1 });
      const input = gaussian(3 * k);
      const outputs = await session.run(
        new Map([
          ["x", { data: input, shape: [3, k] }],
          ["ids", { data: BigInt64Array.of(0n, 47n, 5n), shape: [3] }],
        ]),
        ["product", "rows"],
      );
      await session.release();

      const rows = [0, 47, 5].flatMap((row) => [...back.subarray(row * k, (row + 1) * k)]);
      expect([...(outputs.get("rows") ?? [])]).toEqual(rows);

      const expected = Array.from({ length: 3 * n }, (_, at) => {
        const [row, column] = [Math.floor(at / n), at % n];
        return input
          .subarray(row * k, (row + 1) * k)
          .reduce((sum, value, j) => sum + value * (back[column * k + j] ?? 0), 0);
      });
      const largest = Math.max(...expected.map(Math.abs));
      const worst = expected.reduce(
        (most, value, at) =>
          Math.max(most, Math.abs(value - (outputs.get("product")?.[at] ?? Number.NaN))),
        0,
      );
      expect(worst / largest).toBeLessThan(0.01); // the runtime rounds the input to 8 bits
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

async function store(
  folder: string,
  { data, scales }: ReturnType<typeof quantizeBlocks>,
  bits: 4 | 8,
): Promise<Map<string, ExternalTensor>> {
  const slots = new Map([
    ["w.weight.blocks", { dtype: "U8" as const, shape: [n, k / 32, 4 * bits] }],
    ["w.weight.scales", { dtype: "F32" as const, shape: [n, k / 32] }],
  ]);
  const writer = await SafetensorsWriter.create(join(folder, "model.safetensors"), slots, {});
  await writer.append("w.weight.blocks", data.subarray(0, 100));
  await writer.append("w.weight.scales", scales);
  await writer.append("w.weight.blocks", data.subarray(100));
  await writer.finish();
  await writer.close();
  const table = new Map<string, ExternalTensor>();
  for (const [name, { file, offset, byteLength, shape, dtype }] of (await readWeights(folder))
    ?.tensors ?? []) {
    const type = dtype === "U8" ? "uint8" : "float32";
    table.set(name, { file, offset, byteLength, shape, type });
  }
  return table;
}
