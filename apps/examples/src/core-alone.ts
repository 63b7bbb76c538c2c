import { pathToFileURL } from "node:url";
import {
  cosine,
  createRandom,
  encodeSafetensors,
  meanDifference,
  parseSafetensorsHeader,
  randomDirection,
  safetensorsHeaderLength,
} from "@caa/core";

/** How a vector from contrast pairs compares with the direction that was hidden in them. */
export interface CoreAlone {
  readonly cosine: number;
  readonly tensors: readonly string[];
}

/**
 * Contrast pairs without a model: noise, plus and minus a hidden direction. The mean difference finds the direction
 * again, and is written as the bytes of a safetensors file.
 */
export function coreAlone(pairs = 200, dModel = 64): CoreAlone {
  const random = createRandom(1);
  const hidden = randomDirection(dModel, 1, 2);
  const noise = (): Float64Array => Float64Array.from({ length: dModel }, () => random.gaussian());
  const positive: Float64Array[] = [];
  const negative: Float64Array[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    positive.push(noise().map((x, i) => x + (hidden[i] ?? 0)));
    negative.push(noise().map((x, i) => x - (hidden[i] ?? 0)));
  }
  const vector = meanDifference(positive, negative);
  const bytes = encodeSafetensors(new Map([["layer.0", { shape: [dModel], data: vector }]]));
  const header = parseSafetensorsHeader(
    bytes.subarray(8, 8 + safetensorsHeaderLength(bytes.subarray(0, 8), bytes.length)),
    bytes.length,
  );
  return { cosine: cosine(vector, hidden), tensors: [...header.tensors.keys()] };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log(coreAlone());
}
