import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { isFile } from "./files.ts";

/** What a model folder has beside its weights and its configuration. */
export const SIDE_FILES = [
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "chat_template.jinja",
] as const;

/** Copies those that the folder has. */
export async function copySideFiles(from: string, to: string): Promise<void> {
  for (const name of SIDE_FILES) {
    if (await isFile(join(from, name))) {
      await copyFile(join(from, name), join(to, name));
    }
  }
}
