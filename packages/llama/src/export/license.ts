import { optionalString, readGgufHeader } from "@caa/core/gguf";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { readText } from "../checkpoint/files.ts";

const MAX_CARD_BYTES = 4 * 1024 * 1024;

/**
 * What a model says of its license: the key `license` at the head of the folder's README.md, or `general.license` of the
 * GGUF file that the folder was made of.
 */
export async function readLicense(folder: string, reference: string): Promise<string | null> {
  if (/\.gguf$/i.test(reference)) {
    await using file = await open(reference, "r");
    const { metadata } = await readGgufHeader(file);
    return optionalString(metadata, "general.license") ?? null;
  }
  const card = await readText(join(folder, "README.md"), MAX_CARD_BYTES);
  const [, head = ""] = /^---\r?\n([\s\S]*?)\n---/.exec(card ?? "") ?? [];
  return /^license: *["']?([^"'\s]+)/m.exec(head)?.[1] ?? null;
}

/** Names of the files that hold a license's text, or what it asks to be handed on. */
export const LICENSE_FILES = [
  "LICENSE",
  "LICENSE.txt",
  "LICENSE.md",
  "NOTICE",
  "NOTICE.txt",
] as const;

/** Those that the folder has, by name. */
export async function licenseTexts(folder: string): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const name of LICENSE_FILES) {
    const text = await readText(join(folder, name), MAX_CARD_BYTES);
    if (text !== undefined) {
      texts[name] = text;
    }
  }
  return texts;
}
