import { CaaError } from "@caa/core";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../checkpoint/files.ts";

/** The files of a LoRA adapter, as PEFT names them. */
export const ADAPTER_CONFIG = "adapter_config.json";
export const ADAPTER_WEIGHTS = "adapter_model.safetensors";

/** What PEFT writes before the name of a module. */
export const PEFT_PREFIX = "base_model.model.";

const MAX_CONFIG_BYTES = 1024 * 1024;

/** The part of PEFT's configuration that says how an adapter is added. */
export interface AdapterConfig {
  readonly peft_type: "LORA";
  /** Rank. */
  readonly r: number;
  readonly lora_alpha: number;
  /** Folder, file or hub id of the model that it was made for. */
  readonly base_model_name_or_path: string;
  /** Of the hub model: a commit, tag or branch; null for its main branch, or a folder or file. */
  readonly revision: string | null;
}

/** No matrix of a known model has a smaller side above this. */
const MAX_RANK = 65_536;

const kindSchema = z.object({ peft_type: z.string() });

const formatSchema = z.object({
  r: z.int().min(1).max(MAX_RANK),
  lora_alpha: z.number().positive(),
  base_model_name_or_path: z.string().min(1).max(4096),
  revision: z.string().min(1).max(256).nullish(),
  use_rslora: z.boolean().nullish(),
  use_dora: z.boolean().nullish(),
  fan_in_fan_out: z.boolean().nullish(),
  bias: z.string().nullish(),
  rank_pattern: z.record(z.string(), z.number()).nullish(),
  alpha_pattern: z.record(z.string(), z.number()).nullish(),
  modules_to_save: z.array(z.string()).nullish(),
});

// What would change the product in a way that is not done here is refused, not left out.
const plainSchema = z.object({
  use_rslora: z.literal(false).nullish(),
  use_dora: z.literal(false).nullish(),
  fan_in_fan_out: z.literal(false).nullish(),
  bias: z.literal("none").nullish(),
  rank_pattern: z.strictObject({}).nullish(),
  alpha_pattern: z.strictObject({}).nullish(),
  modules_to_save: z.array(z.string()).max(0).nullish(),
});

/**
 * Reads an adapter's configuration.
 * @throws {CaaError} `not-found`, `invalid-file`; `unsupported` for adapters other than plain LoRA
 */
export async function readAdapterConfig(folder: string): Promise<AdapterConfig> {
  const path = join(folder, ADAPTER_CONFIG);
  const json = await readJson(path, MAX_CONFIG_BYTES);
  if (json === undefined) {
    throw new CaaError("not-found", `${path}: expected the configuration of an adapter, got none`);
  }
  const { peft_type } = check(kindSchema, json, "invalid-file", path);
  if (peft_type !== "LORA") {
    throw new CaaError("unsupported", `${path}: peft_type: expected LORA, got ${peft_type}`, {
      facts: { path },
    });
  }
  const config = check(formatSchema, json, "invalid-file", path);
  check(plainSchema, json, "unsupported", path);
  const { r, lora_alpha, base_model_name_or_path, revision = null } = config;
  return { peft_type, r, lora_alpha, base_model_name_or_path, revision };
}

function check<T>(
  schema: z.ZodType<T>,
  json: unknown,
  code: "invalid-file" | "unsupported",
  path: string,
): T {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const expected = code === "unsupported" ? "plain LoRA adapter" : "configuration of an adapter";
    throw new CaaError(code, `${path}: expected a ${expected}: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
      facts: { path },
    });
  }
  return parsed.data;
}
