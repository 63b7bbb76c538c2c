import { pathToFileURL } from "node:url";
import {
  createRandom,
  encodeSafetensors,
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
  const sum = new Float64Array(dModel); // mean(positive - negative), times the number of pairs
  for (let pair = 0; pair < pairs; pair++) {
    const positive = noise().map((x, i) => x + (hidden[i] ?? 0));
    const negative = noise().map((x, i) => x - (hidden[i] ?? 0));
    positive.forEach((x, i) => (sum[i] = (sum[i] ?? 0) + x - (negative[i] ?? 0)));
  }
  const vector = Float32Array.from(sum, (x) => x / pairs);
  const dot = vector.reduce((total, x, i) => total + x * (hidden[i] ?? 0), 0);
  const bytes = encodeSafetensors(new Map([["layer.0", { shape: [dModel], data: vector }]]));
  const header = parseSafetensorsHeader(
    bytes.subarray(8, 8 + safetensorsHeaderLength(bytes.subarray(0, 8), bytes.length)),
    bytes.length,
  );
  return { cosine: dot / Math.hypot(...vector), tensors: [...header.tensors.keys()] };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log(coreAlone());
}
