import { join } from "node:path";
import { FIRST_DIFFERENT_TOKEN } from "@caa/core";
import { importVectors, readFileLimited, saveSteeringVectors } from "@caa/core/files";
import { BEHAVIOR_NAMES } from "@caa/datasets";
import type { ModelSize } from "../published/table.ts";
import { ORIGINAL_MODEL } from "./original-model.ts";

/** Far above any vector; one of Llama-2-13b has 20 KB. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The original's own vectors of one layer as files of ours, `OUT/<behavior>/caa-original.safetensors`.
 * @param dir its folder `vectors` or `normalized_vectors`
 * @throws {CaaError} not-found; invalid-file or unsupported for what is no vector
 */
export async function importOriginalVectors(
  dir: string,
  out: string,
  { size, layer }: { readonly size: ModelSize; readonly layer: number },
): Promise<void> {
  for (const behavior of BEHAVIOR_NAMES) {
    const name = join(dir, behavior, `vec_layer_${layer}_Llama-2-${size}-chat-hf.pt`);
    const bytes = await readFileLimited(name, MAX_BYTES);
    const { vectors } = await importVectors([{ name, bytes }], {
      behavior,
      modelId: ORIGINAL_MODEL,
      layer,
      facts: {
        datasetName: `nrimsky/CAA, generate/${behavior}`,
        promptStyle: "llama2-chat",
        readPosition: FIRST_DIFFERENT_TOKEN,
      },
    });
    await saveSteeringVectors(join(out, behavior, `${ORIGINAL_MODEL}.safetensors`), vectors);
  }
}
