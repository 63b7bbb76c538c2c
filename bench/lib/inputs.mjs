import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FILES = {
  pairs: "caa/generate/sycophancy/generate_dataset.json",
  ab: "caa/test/sycophancy/test_dataset_ab.json",
  openEnded: "caa/test/sycophancy/test_dataset_open_ended.json",
};

/** Something that a case needs and that is not there: the case is skipped and says so. */
export class Missing extends Error {}

export function read(name) {
  return JSON.parse(readFileSync(need("CAA_TEST_DATA", FILES[name]), "utf8"));
}

/** The model in float32, a Hugging Face folder. */
export const floatFolder = () => need("CAA_TEST_MODEL", "SmolLM2-135M-Instruct-f32");

/** The same model as a GGUF file. */
export const ggufFile = () => need("CAA_TEST_MODEL", "SmolLM2-135M-Instruct.Q4_1.gguf");

export const readConfig = (folder) => JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));

export function need(variable, path) {
  const folder = process.env[variable];
  if (!folder) {
    throw new Missing(`${variable} is not set`);
  }
  const whole = join(folder, path);
  if (!existsSync(whole)) {
    throw new Missing(`${variable}: there is no ${whole}`);
  }
  return whole;
}

/** `count` of the items such that their sizes are spread as those of all: the middles of as many equal parts by size. */
export function spreadSubset(items, count, size) {
  const sorted = items.toSorted((a, b) => size(a) - size(b));
  const step = sorted.length / Math.min(count, sorted.length);
  return Array.from(
    { length: Math.min(count, sorted.length) },
    (_, part) => sorted[Math.floor((part + 0.5) * step)],
  );
}

/** Some vector of a length at which the model still writes; the same for ours and the peers. */
export const sineVector = (size) => Float32Array.from({ length: size }, (_, i) => Math.sin(i) / 10);

export const step = (layer, vector, multiplier) => ({
  name: "bench",
  layer,
  vector,
  multiplier,
  operation: "add",
  positions: "marker",
});
