const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Bits of the half-precision float nearest to a float32 value, ties to even; from 65,520 on infinity. */
export function toF16Bits(value: number): number {
  float[0] = value;
  const all = bits[0] ?? 0;
  const sign = (all >>> 16) & 0x8000;
  const magnitude = all & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return sign | 0x7e00; // not a number
  }
  const size = Math.abs(float[0] ?? 0);
  if (size < 2 ** -14) {
    return sign | roundEven(size * 2 ** 24); // the product is exact; 1024 of them are the smallest normal one
  }
  if (size >= 65_520) {
    return sign | 0x7c00;
  }
  // Exponent and fraction side by side: rounding the 13 bits that go away carries into the exponent as it should.
  return sign | ((magnitude - 0x38000000 + 0x0fff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** Bits of the bfloat16 nearest to a float32 value, ties to even. */
export function toBF16Bits(value: number): number {
  float[0] = value;
  const all = bits[0] ?? 0;
  if ((all & 0x7fffffff) > 0x7f800000) {
    return ((all >>> 16) & 0x8000) | 0x7fc0; // not a number
  }
  return (all + 0x7fff + ((all >>> 16) & 1)) >>> 16;
}

function roundEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}
