import { expect, test } from "vitest";
import { CaaError } from "../../src/errors/caa-error.ts";
import { encodeTorch } from "../../src/formats/torch/encode-torch.ts";
import { decodeTorch } from "../../src/formats/torch/decode-torch.ts";
import { readZip } from "../../src/formats/torch/read-zip.ts";
import { DIRECTORY_ENTRY, FILE_HEADER } from "../../src/formats/torch/zip-layout.ts";
import { writeZip } from "../../src/formats/torch/zip-writer.ts";
import { createRandom, type Random } from "../../src/random/random.ts";
import { torchFixtures } from "../torch-fixtures.ts";
import { mutate } from "./mutate.ts";

/** `CAA_FUZZ=100000 npx vitest run packages/core/test/fuzz` for as many files, and prints what came of them. */
const asked = process.env["CAA_FUZZ"];
const FILES = Number(asked ?? 5000);

/** Wide: a busy machine may leave the process aside for so long. */
const MAX_MS = 2000;
/** The most that a file below 1 MB may come to: 2^20 values in float64. */
const MAX_OUTPUT_BYTES = 8 * 2 ** 20;
/** Of the heap and of buffers together over what was there before, garbage included. */
const MAX_GROWTH_BYTES = 128 * 2 ** 20;

/** The file with all checksums 0, as PyTorch writes it when asked for none: so changes come as far as the pickle. */
function withoutChecksums(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (let at = 0; at + 20 <= copy.length; at++) {
    if (view.getUint32(at, true) === DIRECTORY_ENTRY) {
      view.setUint32(at + 16, 0);
    }
  }
  return copy;
}

const isZip = (bytes: Uint8Array): boolean =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === FILE_HEADER;
const written = [...torchFixtures().values(), encodeTorch(Float32Array.of(1, 2, 3))];
const files = [...written, ...written.filter(isZip).map(withoutChecksums)];

/** A file's change: anywhere in it or, every other time, in one file of an archive that is then packed again. */
function changed(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (!isZip(bytes) || random.integer(2) === 0) {
    return mutate(bytes, other, random);
  }
  const records = [...readZip(bytes)];
  const at = random.integer(4) === 0 ? random.integer(records.length) : pickleAt(records);
  return writeZip(
    new Map(
      records.map(([name, content], index) => [
        name,
        index === at ? mutate(content, other, random) : content,
      ]),
    ),
  );
}

const pickleAt = (records: readonly (readonly [string, Uint8Array])[]): number =>
  records.findIndex(([name]) => name.endsWith("/data.pkl"));

/** An error's text without what differs from file to file. */
const kindOf = (message: string): string =>
  message
    .replace(/"(?:[^"\\]|\\.)*"(\.\.\.)?/g, '"..."')
    .replace(/\[[-\d, ]*\]/g, "[...]")
    .replace(/\d+/g, "N")
    .replace(/(opcode|names) .*/, "$1 ...");

/** What came of a file: the kind of its refusal, or that it was read. Anything else than a refusal is thrown. */
function outcome(bytes: Uint8Array): { readonly kind: string; readonly outputBytes: number } {
  try {
    const tensors = decodeTorch(bytes);
    const outputBytes = tensors.reduce((sum, { values }) => sum + values.byteLength, 0);
    return { kind: "read", outputBytes };
  } catch (error) {
    if (CaaError.isInstance(error) && ["invalid-file", "unsupported"].includes(error.code)) {
      return { kind: `${error.code}: ${kindOf(error.message)}`, outputBytes: 0 };
    }
    throw error;
  }
}

test(
  `${FILES} changed files are read or refused, in bounded time and memory`,
  { timeout: 3_600_000 },
  () => {
    const used = (): number => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const before = used();
    const most = { ms: 0, growth: 0, outputBytes: 0 };
    const kinds = new Map<string, number>();
    const start = performance.now();
    for (let seed = 0; seed < FILES; seed++) {
      const random = createRandom(seed);
      const pick = (): Uint8Array => files[random.integer(files.length)] ?? new Uint8Array(0);
      const bytes = changed(pick(), pick(), random);
      const begin = performance.now();
      let found: ReturnType<typeof outcome>;
      try {
        found = outcome(bytes);
      } catch (cause) {
        throw new Error(`the file of seed ${seed}`, { cause });
      }
      most.ms = Math.max(most.ms, performance.now() - begin);
      most.outputBytes = Math.max(most.outputBytes, found.outputBytes);
      kinds.set(found.kind, (kinds.get(found.kind) ?? 0) + 1);
      if (seed % 50 === 0) {
        most.growth = Math.max(most.growth, used() - before);
      }
    }
    if (asked !== undefined) {
      const lines = [...kinds]
        .sort(([, a], [, b]) => b - a)
        .map(([kind, count]) => `${count}\t${kind}`);
      const seconds = (performance.now() - start) / 1000;
      process.stdout.write(
        `${lines.join("\n")}\n${JSON.stringify({ seconds, ...most, rss: process.resourceUsage().maxRSS * 1024 })}\n`,
      );
    }
    expect(most.ms).toBeLessThan(MAX_MS);
    expect(most.outputBytes).toBeLessThanOrEqual(MAX_OUTPUT_BYTES);
    expect(most.growth).toBeLessThan(MAX_GROWTH_BYTES);
    // Changes come everywhere: into values that nothing checks, names, opcodes and the archive.
    expect(kinds.get("read")).toBeGreaterThan(FILES / 100);
    expect(kinds.size).toBeGreaterThan(25);
  },
);
