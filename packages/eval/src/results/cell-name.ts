import { createHash } from "node:crypto";
import type { CellSettings, SweepSettings } from "./settings.ts";

/** Longest name that common file systems take is 255 bytes; the rest is for what is written beside it. */
const MAX_NAME_LENGTH = 220;

/**
 * The name of a cell's file: every setting as `key=value`, joined by `_`. Letters, digits, `.`, `+`, `-` and `_`
 * stand for themselves, other characters as `%` and hex; a system prompt as the start of its SHA-256. Since no value
 * holds a `=`, two different settings never give the same name. A name past 220 characters is cut and ends in
 * `_sha256=` with the hash of the whole, which no other name does.
 */
export function cellFileName(settings: CellSettings): string {
  const { layer, multiplier } = settings;
  return `${join([["layer", String(layer)], ["multiplier", formatMultiplier(multiplier)], ...commonParts(settings)])}.json`;
}

/** A name, without extension, for all cells that differ in layer and multiplier only; rules as `cellFileName`. */
export function sweepName(settings: SweepSettings): string {
  return join(commonParts(settings));
}

type Part = readonly [string, string];

function commonParts(settings: SweepSettings): readonly Part[] {
  return [
    ["behavior", settings.behavior],
    ["type", settings.type],
    ["model", settings.model],
    ...given("override_weights", settings.overrideWeights),
    ["vectors", settings.vectors],
    ...given("vector_of_layer", settings.overrideVector),
    ...given("vector_model", settings.overrideVectorModel),
    ["operation", settings.operation],
    ["positions", settings.positions],
    ["prompt", settings.promptStyle],
    ["dtype", settings.dtype],
    ...given("system_prompt", settings.systemPrompt),
    ...given("system", settings.system === null ? null : sha256(settings.system).slice(0, 32)),
    ...given("max_new_tokens", settings.type === "open_ended" ? settings.maxNewTokens : null),
    ...given("limit", settings.limit),
  ];
}

/** Settings that most cells do not have are in the names of those alone that have them. */
function given(key: string, value: string | number | null): readonly Part[] {
  return value === null ? [] : [[key, String(value)]];
}

function join(parts: readonly Part[]): string {
  const name = parts.map(([key, value]) => `${key}=${escapeName(value)}`).join("_");
  return name.length <= MAX_NAME_LENGTH ? name : shorten(name);
}

/** The folder of a behavior's cells, below that of the type. */
export function behaviorFolder(behavior: string): string {
  const name = escapeName(behavior);
  const safe = name.startsWith(".") ? `%2e${name.slice(1)}` : name;
  return safe.length <= MAX_NAME_LENGTH ? safe : shorten(safe);
}

/** `1` as `1.0`, `-0` as `0.0`; other numbers in their shortest form. */
export function formatMultiplier(multiplier: number): string {
  const plain = multiplier === 0 ? 0 : multiplier;
  return Number.isInteger(plain) && Math.abs(plain) < 1e15 ? `${plain}.0` : String(plain);
}

function escapeName(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9._+-]/.test(char) ? char : `%${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
}

function shorten(name: string): string {
  const ending = `_sha256=${sha256(name)}`;
  return name.slice(0, MAX_NAME_LENGTH - ending.length) + ending;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
