import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from "../../adapter/adapter-config.ts";
import type { FolderKind } from "../../checkpoint/make-room.ts";
import { SINGLE_FILE } from "../../checkpoint/safetensors-files.ts";
import { SIDE_FILES } from "../../checkpoint/side-files.ts";

export const RECORD_FILE = "finetune.json";
export const CARD_FILE = "README.md";

export const FINE_TUNED: FolderKind = {
  what: "a fine-tuned model",
  record: RECORD_FILE,
  files: [CARD_FILE, SINGLE_FILE, "config.json", ADAPTER_CONFIG, ADAPTER_WEIGHTS, ...SIDE_FILES],
};
