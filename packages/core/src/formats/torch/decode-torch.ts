import { CaaError } from "../../errors/caa-error.ts";
import type { TorchTensor } from "./torch-tensor.ts";

/**
 * The tensors of a file that PyTorch wrote with `torch.save`, in the file's order; nothing of it is run.
 * @throws {CaaError} invalid-file for what is not such a file or is broken; unsupported for what is refused by name
 */
export function decodeTorch(bytes: Uint8Array): readonly TorchTensor[] {
  throw new CaaError("unsupported", `decodeTorch: not there yet, got ${bytes.length} bytes`);
}
