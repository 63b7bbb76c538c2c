import { readBF16, readF16, readF32 } from "../../floats/plain-floats.ts";
import { CaaError } from "../../errors/caa-error.ts";
import { parseSafetensorsHeader, safetensorsHeaderLength } from "../../safetensors/header.ts";
import type { TorchTensor } from "../torch/torch-tensor.ts";

const readers = {
  F32: ["float32", readF32],
  F16: ["float16", readF16],
  BF16: ["bfloat16", readBF16],
} as const;

/** The floats of a safetensors file, by name. @throws {CaaError} `invalid-file`; `unsupported` for integers */
export function decodeForeignSafetensors(bytes: Uint8Array): readonly TorchTensor[] {
  const length = safetensorsHeaderLength(bytes.subarray(0, 8), bytes.length);
  const { tensors } = parseSafetensorsHeader(bytes.subarray(8, 8 + length), bytes.length);
  return [...tensors].map(([name, { dtype, shape, offset, byteLength }]) => {
    const data = bytes.subarray(offset, offset + byteLength);
    if (dtype === "F64") {
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      const values = Float64Array.from({ length: byteLength / 8 }, (_, i) =>
        view.getFloat64(8 * i, true),
      );
      return { name, dtype: "float64", shape, values };
    }
    if (dtype !== "F32" && dtype !== "F16" && dtype !== "BF16") {
      const message = `tensor "${name}": expected floats, got ${dtype} [${shape.join(", ")}]`;
      throw new CaaError("unsupported", message, { facts: { tensor: name, dtype } });
    }
    const [plain, read] = readers[dtype];
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    read(data, values);
    return { name, dtype: plain, shape, values };
  });
}
