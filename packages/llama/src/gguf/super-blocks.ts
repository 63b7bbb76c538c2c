// Blocks of 256 values whose parts have their own scales, which share one more. Each product and sum is rounded to
// float32 on its own, as the format's reference does.
import { halfFloatTable } from "@caa/core";

const BLOCK = 256;

/** `(d s) q - (e t)`, s and t of 6 bits for each 32 values. Block: d, e, s and t in 12 bytes, q of 4 bits. */
export function readQ4_K(bytes: Uint8Array, out: Float32Array): void {
  const halves = halfFloatTable();
  for (let start = 0, at = 0; start < out.length; start += BLOCK, at += 144) {
    for (let part = 0; part < 8; part++) {
      const { scale, offset } = partScales(halves, bytes, at, part);
      const shift = (part & 1) * 4;
      const low = at + 16 + (part >> 1) * 32; // two parts share 32 bytes
      for (let j = 0; j < 32; j++) {
        const q = ((bytes[low + j] ?? 0) >> shift) & 15;
        out[start + part * 32 + j] = Math.fround(scale * q) - offset;
      }
    }
  }
}

/** As Q4_K with a fifth bit. Block: d, e, s and t in 12 bytes, fifth bits (bit p of byte j is of part p), q of 4 bits. */
export function readQ5_K(bytes: Uint8Array, out: Float32Array): void {
  const halves = halfFloatTable();
  for (let start = 0, at = 0; start < out.length; start += BLOCK, at += 176) {
    for (let part = 0; part < 8; part++) {
      const { scale, offset } = partScales(halves, bytes, at, part);
      const shift = (part & 1) * 4;
      const low = at + 48 + (part >> 1) * 32;
      for (let j = 0; j < 32; j++) {
        const fifth = ((bytes[at + 16 + j] ?? 0) >> part) & 1;
        const q = (((bytes[low + j] ?? 0) >> shift) & 15) | (fifth << 4);
        out[start + part * 32 + j] = Math.fround(scale * q) - offset;
      }
    }
  }
}

/** `(d s) (q - 32)`, s of 8 bits with sign for each 16 values. Block: lower 4 bits of q, upper 2 bits, s[16], d. */
export function readQ6_K(bytes: Uint8Array, out: Float32Array): void {
  const halves = halfFloatTable();
  for (let start = 0, at = 0; start < out.length; start += BLOCK, at += 210) {
    const d = halfAt(halves, bytes, at + 208);
    for (let group = 0; group < 16; group++) {
      const scale = Math.fround(d * (((bytes[at + 192 + group] ?? 0) << 24) >> 24));
      // 128 values share 64 bytes of low bits (two to a byte) and 32 bytes of high bits (four to a byte).
      const half = group >> 3;
      const quarter = (group >> 1) & 3;
      const column = (group & 1) * 16;
      const low = at + half * 64 + (quarter & 1) * 32 + column;
      const high = at + 128 + half * 32 + column;
      for (let j = 0; j < 16; j++) {
        const lower = ((bytes[low + j] ?? 0) >> ((quarter >> 1) * 4)) & 15;
        const upper = ((bytes[high + j] ?? 0) >> (quarter * 2)) & 3;
        out[start + group * 16 + j] = scale * ((lower | (upper << 4)) - 32);
      }
    }
  }
}

/** `d s` and `e t` of one part; the first four parts hold all 6 bits in one byte, the others 4 bits and 2 elsewhere. */
function partScales(
  halves: Float32Array,
  bytes: Uint8Array,
  at: number,
  part: number,
): { scale: number; offset: number } {
  const first = bytes[at + 4 + (part & 3)] ?? 0;
  const second = bytes[at + 8 + (part & 3)] ?? 0;
  const third = bytes[at + 12 + (part & 3)] ?? 0;
  const s = part < 4 ? first & 63 : (third & 15) | ((first >> 2) & 48);
  const t = part < 4 ? second & 63 : (third >> 4) | ((second >> 2) & 48);
  return {
    scale: Math.fround(halfAt(halves, bytes, at) * s),
    offset: Math.fround(halfAt(halves, bytes, at + 2) * t),
  };
}

function halfAt(halves: Float32Array, bytes: Uint8Array, at: number): number {
  return halves[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] ?? 0;
}
