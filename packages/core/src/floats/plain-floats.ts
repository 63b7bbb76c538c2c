import { halfFloatTable } from "./half-floats.ts";

/** Reads `out.length` float32 values, little-endian, as they are. */
export function readF32(bytes: Uint8Array, out: Float32Array): void {
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes);
}

/** Reads `out.length` half-precision values, little-endian; every value is exact in float32. */
export function readF16(bytes: Uint8Array, out: Float32Array): void {
  const table = halfFloatTable();
  for (let index = 0, at = 0; index < out.length; index++, at += 2) {
    out[index] = table[half(bytes, at)] ?? 0;
  }
}

/** Reads `out.length` bfloat16 values, little-endian: each is the upper half of a float32. */
export function readBF16(bytes: Uint8Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let index = 0, at = 0; index < bits.length; index++, at += 2) {
    bits[index] = half(bytes, at) << 16;
  }
}

function half(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}
