import { decodeText } from "./byte-cursor.ts";
import { readPickle } from "./pickle.ts";
import { readZip } from "./read-zip.ts";
import { broken, refused, shown } from "./refuse.ts";
import { checkStorageBytes, Storages } from "./storages.ts";
import type { TorchContent } from "./torch-content.ts";

const PICKLE = "data.pkl";
const VERSION = "version";
const BYTE_ORDER = "byteorder";
/** Of PyTorch 2.1 and later; their content has no bearing on how storages are read. */
const PASSED_OVER = new Set([".storage_alignment", ".data/serialization_id"]);
const FORMAT_VERSION = ".format_version";
/** Where storages lie; `tensors` in version 1, of PyTorch 1.4. */
const STORAGE = /^(?:data|tensors)\/([^/]+)$/;
/** The highest that PyTorch itself reads. */
const MAX_VERSION = 10;

/**
 * The content of a file of PyTorch's format since 1.6, a ZIP archive: a folder with the pickle, a file for each
 * storage, and a few facts; any other file in it is refused by its name.
 * @throws {CaaError} invalid-file, unsupported
 */
export function readArchive(bytes: Uint8Array): TorchContent {
  const records = new Map<string, Uint8Array>();
  const blocks = new Map<string, Uint8Array>();
  let folder: string | undefined;
  for (const [path, content] of readZip(bytes)) {
    const slash = path.indexOf("/");
    folder ??= path.slice(0, slash);
    const name = path.slice(slash + 1);
    if (slash < 0 || path.slice(0, slash) !== folder) {
      throw broken(`the file ${shown(path)} is not in the folder of the first, ${shown(folder)}`);
    }
    const key = STORAGE.exec(name)?.[1];
    if (key !== undefined) {
      if (blocks.has(key)) {
        throw broken(`the storage ${shown(key)} stands twice`);
      }
      blocks.set(key, content);
    } else if (!PASSED_OVER.has(name)) {
      records.set(name, content);
    }
  }
  checkFacts(records);
  const storages = new Storages();
  const pickle = records.get(PICKLE) ?? new Uint8Array(0);
  const { value, end } = readPickle(pickle, 0, storages.load);
  if (end !== pickle.length) {
    throw broken(`its pickle ends at byte ${end} of ${pickle.length}`);
  }
  return {
    value,
    storageBytes: (storage) => {
      const block = blocks.get(storage.key);
      if (block === undefined) {
        throw broken(`the storage ${shown(storage.key)} is not in it`);
      }
      checkStorageBytes(storage, block.length);
      return block;
    },
  };
}

function checkFacts(records: ReadonlyMap<string, Uint8Array>): void {
  for (const name of records.keys()) {
    if (![PICKLE, VERSION, BYTE_ORDER, FORMAT_VERSION].includes(name)) {
      throw refused(`it has a file ${shown(name)}, which is none of saved tensors`);
    }
  }
  if (!records.has(PICKLE)) {
    throw broken(`it has no file ${PICKLE}`);
  }
  const fact = (name: string, otherwise: string): string =>
    decodeText(records.get(name) ?? new Uint8Array(0), `the file ${name}`).trim() || otherwise;
  const version = fact(VERSION, "none");
  if (!/^\d{1,2}$/.test(version) || Number(version) < 1 || Number(version) > MAX_VERSION) {
    throw refused(`it is of version ${shown(version)}; read are 1 to ${MAX_VERSION}`);
  }
  const format = fact(FORMAT_VERSION, "1");
  if (format !== "1") {
    throw refused(`it is of format version ${shown(format)}; read is 1`);
  }
  const order = fact(BYTE_ORDER, "little");
  if (order !== "little") {
    throw refused(`its byte order is ${shown(order)}; read is little`);
  }
}
