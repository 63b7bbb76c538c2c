// Blocks of 32 values. In every type the low half of byte j is value j, the high half value j + 16. Each product and
// sum is rounded to float32 on its own, as the format's reference does.
import { halfFloatTable } from "@caa/core";

const BLOCK = 32;
const HALF = BLOCK / 2;

/** `d q`, q of 8 bits with sign. Block: d, q[32]. */
export function readQ8_0(bytes: Uint8Array, out: Float32Array): void {
  const halves = halfFloatTable();
  for (let start = 0, at = 0; start < out.length; start += BLOCK, at += 34) {
    const d = halfAt(halves, bytes, at);
    for (let j = 0; j < BLOCK; j++) {
      out[start + j] = d * (((bytes[at + 2 + j] ?? 0) << 24) >> 24);
    }
  }
}

/** `d (q - 8)`. Block: d, q[32] of 4 bits. */
export function readQ4_0(bytes: Uint8Array, out: Float32Array): void {
  const halves = halfFloatTable();
  for (let start = 0, at = 0; start < out.length; start += BLOCK, at += 18) {
    const d = halfAt(halves, bytes, at);
    for (let j = 0; j < HALF; j++) {
      const q = bytes[at + 2 + j] ?? 0;
      out[start + j] = d * ((q & 15) - 8);
      out[start + j + HALF] = d * ((q >> 4) - 8);
    }
  }
}

/** `d q + m`. Block: d, m, q[32] of 4 bits. */
export function readQ4_1(bytes: Uint8Array, out: Float32Array): void {
  const halves = halfFloatTable();
  for (let start = 0, at = 0; start < out.length; start += BLOCK, at += 20) {
    const d = halfAt(halves, bytes, at);
    const m = halfAt(halves, bytes, at + 2);
    for (let j = 0; j < HALF; j++) {
      const q = bytes[at + 4 + j] ?? 0;
      out[start + j] = Math.fround(d * (q & 15)) + m;
      out[start + j + HALF] = Math.fround(d * (q >> 4)) + m;
    }
  }
}

/** `d (q - 16)`. Block: d, the fifth bits of q[32], q[32] of 4 bits. */
export function readQ5_0(bytes: Uint8Array, out: Float32Array): void {
  const halves = halfFloatTable();
  for (let start = 0, at = 0; start < out.length; start += BLOCK, at += 22) {
    const d = halfAt(halves, bytes, at);
    const high = uint32At(bytes, at + 2);
    for (let j = 0; j < HALF; j++) {
      const q = bytes[at + 6 + j] ?? 0;
      out[start + j] = d * (((q & 15) | (((high >>> j) & 1) << 4)) - 16);
      out[start + j + HALF] = d * (((q >> 4) | (((high >>> (j + HALF)) & 1) << 4)) - 16);
    }
  }
}

/** `d q + m`. Block: d, m, the fifth bits of q[32], q[32] of 4 bits. */
export function readQ5_1(bytes: Uint8Array, out: Float32Array): void {
  const halves = halfFloatTable();
  for (let start = 0, at = 0; start < out.length; start += BLOCK, at += 24) {
    const d = halfAt(halves, bytes, at);
    const m = halfAt(halves, bytes, at + 2);
    const high = uint32At(bytes, at + 4);
    for (let j = 0; j < HALF; j++) {
      const q = bytes[at + 8 + j] ?? 0;
      out[start + j] = Math.fround(d * ((q & 15) | (((high >>> j) & 1) << 4))) + m;
      out[start + j + HALF] = Math.fround(d * ((q >> 4) | (((high >>> (j + HALF)) & 1) << 4))) + m;
    }
  }
}

function halfAt(halves: Float32Array, bytes: Uint8Array, at: number): number {
  return halves[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] ?? 0;
}

function uint32At(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
