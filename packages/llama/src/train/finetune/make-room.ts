import { CaaError } from "@caa/core";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from "../../adapter/adapter-config.ts";
import { refuseExisting } from "../../checkpoint/build-folder.ts";
import { SINGLE_FILE } from "../../checkpoint/safetensors-files.ts";
import { SIDE_FILES } from "../../checkpoint/side-files.ts";

export const RECORD_FILE = "finetune.json";
export const CARD_FILE = "README.md";

const OURS: ReadonlySet<string> = new Set([
  RECORD_FILE,
  CARD_FILE,
  SINGLE_FILE,
  "config.json",
  ADAPTER_CONFIG,
  ADAPTER_WEIGHTS,
  ...SIDE_FILES,
]);

/**
 * Whether a fine-tuned model may be written to `out`: there is nothing, or, with `overwrite`, only what an earlier
 * fine-tuning wrote. Nothing is removed here.
 * @throws {CaaError} `invalid-argument`
 */
export async function checkRoom(out: string, overwrite: boolean): Promise<void> {
  const names = overwrite && existsSync(out) ? await readdir(out) : [];
  if (!names.includes(RECORD_FILE)) {
    await refuseExisting(out);
    return;
  }
  const other = names.find((name) => !OURS.has(name));
  if (other !== undefined) {
    throw new CaaError(
      "invalid-argument",
      `${out}: expected a fine-tuned model and nothing else to replace, got ${other}`,
      { facts: { out, other } },
    );
  }
}

/** @throws {CaaError} `invalid-argument` when `model` lies in the folder that will be replaced */
export function checkApart(model: string, out: string): void {
  const way = relative(resolve(out), model);
  if (way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && resolve(way) !== way)) {
    throw new CaaError(
      "invalid-argument",
      `${out}: expected another folder than that of the model that is trained, ${model}`,
      { facts: { out, model } },
    );
  }
}
