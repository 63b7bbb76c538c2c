import { readArchive } from "./archive.ts";
import { readLegacy } from "./legacy.ts";
import { MAX_VALUES, MAX_VALUES_PER_BYTE, MIN_VALUES } from "./limits.ts";
import { namedTensors } from "./named-tensors.ts";
import { OP } from "./pickle-opcodes.ts";
import { broken, refused } from "./refuse.ts";
import { tensorValues, valueCount } from "./tensor-values.ts";
import type { TorchTensor } from "./torch-tensor.ts";
import { FILE_HEADER } from "./zip-layout.ts";

/**
 * The tensors of a file that PyTorch wrote with `torch.save`, in the file's order. Nothing of the file is run: its
 * pickle is read by a machine that knows the opcodes, the names and the arguments of saved tensors, and no others.
 *
 * Read are both formats, the ZIP archive of 1.6 and later and the pickles before it; a tensor, a parameter, or dicts
 * (of keys that are texts or whole numbers), lists and tuples of them; views of any strides, and storages that several
 * tensors share. Numbers, texts, truth values and None beside tensors are passed over. Refused by name are other
 * number formats, other names of Python, other opcodes, other files in the archive, compression, big-endian numbers,
 * and sizes beyond the limits of `limits.ts`.
 * @throws {CaaError} invalid-file for what is not such a file or is broken; unsupported for what is refused by name
 * @example
 * decodeTorch(await readFileLimited("vec_layer_13_Llama-2-7b-chat-hf.pt", 16 * 1024 * 1024));
 * // [{ name: "", dtype: "float16", shape: [4096], values: Float32Array(4096) }]
 */
export function decodeTorch(bytes: Uint8Array): readonly TorchTensor[] {
  const content = formatOf(bytes)(bytes);
  const tensors = namedTensors(content.value);
  const limit = Math.min(MAX_VALUES, Math.max(MIN_VALUES, MAX_VALUES_PER_BYTE * bytes.length));
  let total = 0;
  for (const tensor of tensors.values()) {
    total += valueCount(tensor);
    if (!(total <= limit)) {
      throw refused(
        `its tensors have more than ${limit} values, the most for a file of ${bytes.length} bytes`,
      );
    }
  }
  return [...tensors].map(([name, tensor]) => ({
    name,
    dtype: tensor.storage.dtype,
    shape: tensor.shape,
    values: tensorValues(tensor, content.storageBytes(tensor.storage)),
  }));
}

function formatOf(bytes: Uint8Array): typeof readArchive {
  if (bytes.length >= 4) {
    const first = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    if (first === FILE_HEADER) {
      return readArchive;
    }
    if ((first & 0xff) === OP.PROTO) {
      return readLegacy;
    }
  }
  throw broken("expected a ZIP archive or a pickle, as torch.save writes");
}
