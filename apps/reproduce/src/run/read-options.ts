import { CaaError } from "@caa/core";
import { BEHAVIOR_NAMES, parseBehaviorName } from "@caa/datasets";
import { CELL_TYPES, type CellType } from "@caa/eval";
import type { CliDependencies } from "../../../cli/src/dependencies.ts";
import { readVariable } from "../../../cli/src/env.ts";
import { modelIdOf } from "../../../cli/src/options/model.ts";
import { modelFileName } from "../../../cli/src/options/names.ts";
import type { ReproduceOptions } from "../plan/options.ts";
import { type ModelSize, PUBLISHED_LAYER } from "../published/table.ts";

/** As the command line gives them. */
export interface Flags {
  readonly model: string;
  readonly data: string;
  readonly out?: string;
  readonly behaviors?: readonly string[];
  readonly tests?: readonly CellType[];
  readonly layer?: number;
  readonly originalVectors?: string;
  readonly originalPrompts?: boolean;
  readonly fineTuning?: boolean;
  readonly limit?: number;
  readonly judge?: string;
  readonly baseUrl?: string;
  readonly device?: string;
  readonly dtype?: string;
  readonly threads?: number;
}

const PUBLISHED_MODEL = /^(?:meta-llama\/)?llama-2-(7b|13b)-chat(?:-hf)?$/i;

/** @throws {CaaError} invalid-argument; not-found for an unknown behavior */
export async function readOptions(
  flags: Flags,
  { cwd, env }: Pick<CliDependencies, "cwd" | "env">,
): Promise<ReproduceOptions> {
  const { model, data, device, dtype, threads } = flags;
  const id = await modelIdOf(model, cwd);
  const known = PUBLISHED_MODEL.exec(id)?.[1]?.toLowerCase();
  const size: ModelSize = known === "13b" ? "13b" : "7b";
  const layer = flags.layer ?? (known === undefined ? undefined : PUBLISHED_LAYER[size]);
  if (layer === undefined) {
    const message = `--layer: expected one for ${id}, since the published layers are those of Llama-2-7b-chat and Llama-2-13b-chat, got none`;
    throw new CaaError("invalid-argument", message);
  }
  const asked = flags.behaviors?.map((name) => parseBehaviorName(name));
  return {
    model,
    size,
    published: known !== undefined,
    layer,
    data,
    out: flags.out ?? `reproduced/${modelFileName(id)}`,
    behaviors: BEHAVIOR_NAMES.filter((name) => asked?.includes(name) ?? true),
    tests: CELL_TYPES.filter((type) => flags.tests?.includes(type) ?? true),
    originalVectors: flags.originalVectors ?? null,
    originalPrompts: flags.originalPrompts === true,
    fineTuning: flags.fineTuning === true,
    limit: flags.limit ?? null,
    judge: judgeOf(flags, env),
    runtime: { device, dtype, threads },
  };
}

/** A judge needs a name, and a key or a server of one's own. */
function judgeOf(
  { judge, baseUrl }: Pick<Flags, "judge" | "baseUrl">,
  env: CliDependencies["env"],
): ReproduceOptions["judge"] {
  const model = judge ?? readVariable(env, "CAA_JUDGE");
  const reachable = ["OPEN_AI_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"].some(
    (name) => readVariable(env, name) !== undefined,
  );
  return model === undefined || (baseUrl === undefined && !reachable)
    ? null
    : { model, baseUrl: baseUrl ?? null };
}
