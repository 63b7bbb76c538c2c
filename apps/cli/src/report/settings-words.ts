import type { Cell } from "@caa/eval";

/** Digits of a hash that are shown: enough to tell files apart. */
const HASH_DIGITS = 12;

/** The start of a hash. */
export function shortHash(hash: string): string {
  return hash.slice(0, HASH_DIGITS);
}

/** What cells of one sweep share, a phrase a setting, always as many in the same order for one test. */
export function settingsInWords(settings: Cell["settings"]): readonly string[] {
  const {
    model,
    overrideWeights,
    dtype,
    promptStyle,
    vectors,
    overrideVector,
    overrideVectorModel,
    operation,
    positions,
    system,
    limit,
  } = settings;
  return [
    model,
    overrideWeights === null ? "the model's own weights" : `weights of ${overrideWeights}`,
    dtype,
    `prompt style ${promptStyle}`,
    `${vectors} vectors`,
    overrideVector === null
      ? "each layer's own vector"
      : `the vector of layer ${overrideVector} at every layer`,
    overrideVectorModel === null ? "made on the model" : `made on ${overrideVectorModel}`,
    `operation ${operation}`,
    `positions ${positions}`,
    system === null ? "no system prompt" : systemName(settings, system),
    limit === null ? "all items" : `the first ${limit} items`,
    ...(settings.type === "open_ended" ? [`at most ${settings.maxNewTokens} tokens`] : []),
  ];
}

function systemName({ systemPrompt }: Cell["settings"], system: string): string {
  const name = systemPrompt === null ? "own" : systemPrompt === "pos" ? "positive" : "negative";
  return `${name} system prompt ${JSON.stringify(clip(system, 200))}`;
}

/** A text cut at so many characters, and how many are left out. */
export function clip(text: string, length: number): string {
  const chars = [...text];
  return chars.length <= length
    ? text
    : `${chars.slice(0, length).join("")} … (${chars.length - length} more characters)`;
}
