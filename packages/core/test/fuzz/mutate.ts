import { concatenate } from "../../src/formats/torch/bytes.ts";
import { OP } from "../../src/formats/torch/pickle-opcodes.ts";
import type { Random } from "../../src/random/random.ts";

/** Values that lengths, counts and places break on. */
const EXTREMES = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** A copy with one to four changes: bits, runs of bytes, numbers, opcodes, sizes, cuts, and pieces of itself or of another file. */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let left = 1 + random.integer(4); left > 0; left--) {
    const change = CHANGES[random.integer(CHANGES.length)];
    result = result.length > 0 && change !== undefined ? change(result, other, random) : result;
  }
  return result;
}

type Change = (bytes: Uint8Array, other: Uint8Array, random: Random) => Uint8Array;

const CHANGES: readonly Change[] = [
  flipBits,
  flipBits,
  fillRun,
  writeNumber,
  writeNumber,
  writeOpcodes,
  writeOpcodes,
  writeCounts,
  writeCounts,
  truncate,
  remove,
  insert,
];

function flipBits(bytes: Uint8Array, _: Uint8Array, random: Random): Uint8Array {
  for (let left = 1 + random.integer(8); left > 0; left--) {
    const at = random.integer(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
  }
  return bytes;
}

function fillRun(bytes: Uint8Array, _: Uint8Array, random: Random): Uint8Array {
  const [begin, end] = span(bytes, random);
  const constant = [0, 0xff, random.integer(256)][random.integer(4)];
  for (let at = begin; at < end; at++) {
    bytes[at] = constant ?? random.integer(256);
  }
  return bytes;
}

/** Overwrites 1, 2, 4 or 8 bytes with an extreme, or with the length of the file give or take one. */
function writeNumber(bytes: Uint8Array, _: Uint8Array, random: Random): Uint8Array {
  const near = BigInt(bytes.length - 1 + random.integer(3));
  const value = [...EXTREMES, near][random.integer(EXTREMES.length + 1)] ?? 0n;
  const at = random.integer(bytes.length);
  const end = Math.min(bytes.length, at + (1 << random.integer(4)));
  for (let byte = 0; at + byte < end; byte++) {
    bytes[at + byte] = Number((value >> BigInt(8 * byte)) & 0xffn);
  }
  return bytes;
}

function writeOpcodes(bytes: Uint8Array, _: Uint8Array, random: Random): Uint8Array {
  const known = Object.values(OP);
  for (let left = 1 + random.integer(3); left > 0; left--) {
    bytes[random.integer(bytes.length)] = known[random.integer(known.length)] ?? 0;
  }
  return bytes;
}

/** Other sizes, offsets, strides and indices, where a pickle has small ones. */
function writeCounts(bytes: Uint8Array, _: Uint8Array, random: Random): Uint8Array {
  const places = [...bytes.keys()].filter((at) => bytes[at] === OP.BININT1);
  for (let left = places.length > 0 ? 1 + random.integer(3) : 0; left > 0; left--) {
    const at = 1 + (places[random.integer(places.length)] ?? 0);
    bytes.set(
      [[0, 1, random.integer(256)][random.integer(3)] ?? 0].slice(0, bytes.length - at),
      at,
    );
  }
  return bytes;
}

function truncate(bytes: Uint8Array, _: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random.integer(bytes.length));
}

function remove(bytes: Uint8Array, _: Uint8Array, random: Random): Uint8Array {
  const [begin, end] = span(bytes, random);
  return concatenate([bytes.subarray(0, begin), bytes.subarray(end)]);
}

function insert(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const from = random.integer(2) === 0 ? bytes : other;
  const [begin, end] = span(from, random);
  const at = random.integer(bytes.length + 1);
  return concatenate([bytes.subarray(0, at), from.subarray(begin, end), bytes.subarray(at)]);
}

/** Up to 64 bytes. */
function span(bytes: Uint8Array, random: Random): readonly [begin: number, end: number] {
  const begin = random.integer(bytes.length);
  return [begin, Math.min(bytes.length, begin + 1 + random.integer(64))];
}
