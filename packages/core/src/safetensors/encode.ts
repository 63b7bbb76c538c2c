import { CaaError } from "../errors/caa-error.ts";

/** A float32 tensor to write. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A safetensors file of float32 tensors as bytes; the data begins at a multiple of 8 bytes.
 * @throws {CaaError} `shape-mismatch` when a shape and its data differ in size, `invalid-argument` for a reserved name
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let size = 0;
  for (const [name, { shape, data }] of tensors) {
    if (name === "__metadata__" || name === "__proto__") {
      throw new CaaError("invalid-argument", `encodeSafetensors: no tensor may be named "${name}"`);
    }
    const expected = shape.reduce((product, extent) => product * extent, 1);
    if (
      expected !== data.length ||
      !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)
    ) {
      throw new CaaError(
        "shape-mismatch",
        `encodeSafetensors: tensor "${name}": [${shape.join(", ")}] takes ${expected} values, got ${data.length}`,
      );
    }
    header[name] = { dtype: "F32", shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + size).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  let at = 8 + length;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
