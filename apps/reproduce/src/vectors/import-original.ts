import { join } from "node:path";
import { FIRST_DIFFERENT_TOKEN, SteeringVectors } from "@caa/core";
import { saveSteeringVectors } from "@caa/core/files";
import { BEHAVIOR_NAMES, PUBLISHED_SIZES } from "@caa/datasets";
import type { ModelSize } from "../published/table.ts";
import { ORIGINAL_MODEL } from "./original-model.ts";
import { readTorchVector } from "./read-torch-vector.ts";

/** Not in the original's files. */
const UNKNOWN = "unknown";

/**
 * The original's own vectors of one layer as files of ours, `OUT/<behavior>/caa-original.safetensors`.
 * @param dir its folder `vectors` or `normalized_vectors`
 * @throws {CaaError} not-found, invalid-file; shape-mismatch for behaviors of other sizes
 */
export async function importOriginalVectors(
  dir: string,
  out: string,
  { size, layer }: { readonly size: ModelSize; readonly layer: number },
): Promise<void> {
  for (const behavior of BEHAVIOR_NAMES) {
    const file = `vec_layer_${layer}_Llama-2-${size}-chat-hf.pt`;
    const vectors = new SteeringVectors({
      vectors: new Map([[layer, await readTorchVector(join(dir, behavior, file))]]),
      metadata: {
        formatVersion: 1,
        behavior,
        modelId: ORIGINAL_MODEL,
        modelHash: UNKNOWN,
        architecture: null,
        layerCount: null,
        hookPoint: "resid-post",
        readPosition: FIRST_DIFFERENT_TOKEN,
        dtype: "float32",
        promptStyle: "llama2-chat",
        system: null,
        datasetName: `nrimsky/CAA, generate/${behavior}`,
        datasetHash: UNKNOWN,
        pairCount: PUBLISHED_SIZES[behavior].generate,
        aggregation: "mean-difference",
        normalization: null,
        shuffleSeed: 0,
        contentHash: null,
        provenance: null,
      },
    });
    await saveSteeringVectors(join(out, behavior, `${ORIGINAL_MODEL}.safetensors`), vectors);
  }
}
