import { basename, join } from "node:path";
import { cachedFolder } from "../checkpoint/cached-folder.ts";
import { contentHash } from "../checkpoint/content-hash.ts";
import { convertGguf, type ConvertOptions } from "./convert.ts";

/** Changes whenever the converter writes something else from the same file, so that older folders are not reused. */
const CONVERTER_VERSION = 1;

export interface OpenGgufOptions extends ConvertOptions {
  /** Where converted folders are kept; they can be deleted at any time. */
  readonly cacheDir: string;
}

/**
 * The Hugging Face folder of a GGUF file's model, made on the first call and reused afterwards. It is keyed by the SHA-256
 * of the file's content, which is remembered with the file's real path, size and times, and by the converter's version:
 * a file that is moved or copied is not converted again, one that is replaced is.
 *
 * @returns the folder's path
 * @throws {CaaError} as `convertGguf`
 */
export async function openGguf(file: string, options: OpenGgufOptions): Promise<string> {
  const { cacheDir, ...convert } = options;
  const hash = await contentHash(file, { cacheDir, signal: options.signal });
  const name = `${safeName(file)}-${hash.slice(0, 16)}-v${CONVERTER_VERSION}`;
  const folder = join(cacheDir, "gguf", name);
  return cachedFolder({
    folder,
    files: ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"],
    make: () => convertGguf(file, folder, convert),
  });
}

/** So that people find their model in the cache; the hash alone decides. */
function safeName(file: string): string {
  return basename(file)
    .replace(/\.gguf$/i, "")
    .replace(/[^A-Za-z0-9_.-]/g, "_")
    .replace(/^\.+/, "")
    .slice(0, 80);
}
