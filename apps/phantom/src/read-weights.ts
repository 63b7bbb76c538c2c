import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSafetensorsHeader, safetensorsHeaderLength } from "@caa/core";

/** The weights of a folder that `exportFolder` wrote, all float32. */
export async function readWeights(dir: string): Promise<Map<string, Float32Array>> {
  const bytes = new Uint8Array(await readFile(join(dir, "model.safetensors")));
  const length = safetensorsHeaderLength(bytes.subarray(0, 8), bytes.length);
  const { tensors } = parseSafetensorsHeader(bytes.subarray(8, 8 + length), bytes.length);
  return new Map(
    [...tensors].map(([name, { offset, byteLength }]) => [
      name,
      new Float32Array(bytes.slice(offset, offset + byteLength).buffer),
    ]),
  );
}
