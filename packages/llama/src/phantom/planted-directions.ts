import { join } from "node:path";
import { CaaError } from "@caa/core";
import { z } from "zod";
import { readJson } from "../checkpoint/files.ts";
import { phantomFolder } from "./phantom-folder.ts";

/** What is planted for one behavior. */
export interface PlantedDirection {
  readonly behavior: string;
  /** Length at which the direction was planted. */
  readonly strength: number;
  /** (d_model), unit length */
  readonly direction: Float32Array;
}

export interface PlantedDirections {
  /** The layer after which they are planted, 0-based. */
  readonly layer: number;
  /** Behaviors without one, for comparison. */
  readonly controls: readonly string[];
  readonly directions: readonly PlantedDirection[];
}

/** Six directions of some hundred values take less than 20 KB. */
const MAX_BYTES = 1024 * 1024;

const schema = z.strictObject({
  layer: z.int().min(0),
  controls: z.array(z.string()),
  directions: z.array(
    z.strictObject({
      behavior: z.string(),
      strength: z.number().positive(),
      direction: z.array(z.number()).min(1),
    }),
  ),
});

/**
 * The directions that are planted in the embedded model, and where.
 * @throws {CaaError} `not-found` when the package came without it, `invalid-file`, `io`
 */
export async function plantedDirections(): Promise<PlantedDirections> {
  const file = join(phantomFolder(), "planted-directions.json");
  const parsed = schema.safeParse(await readJson(file, MAX_BYTES));
  if (!parsed.success) {
    throw new CaaError("invalid-file", `${file}: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    });
  }
  const { layer, controls, directions } = parsed.data;
  return {
    layer,
    controls,
    directions: directions.map((one) => ({
      ...one,
      direction: Float32Array.from(one.direction),
    })),
  };
}
