import { CaaError } from "../errors/caa-error.ts";
import type { SteeringOperation, SteeringPositions } from "../model/steering.ts";
import { PLAN_DEFAULTS, type PlanEntry } from "./plan-entry.ts";

/** Longer than any entry that names each layer of a model; bounds the work on hostile input. */
const MAX_ENTRY_LENGTH = 4_096;
const MAX_NAME_LENGTH = 200;
/** Ten times the deepest models. */
const MAX_LAYER = 1_023;

const FORM = "name:layers:multiplier[:add|ablate|clamp][:marker|after-marker|all|generated|i-j]";
const NAME = /^[^\s:\p{C}]+$/u;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Reads one entry, `name:layers:multiplier[:operation][:positions]`.
 * Layers are `13`, `10-14`, `3,5,9` or a mixture; the operation is `add` unless said, the positions are `marker`.
 * @throws {CaaError} `invalid-argument` naming the entry, its part, what was expected and what came
 * @example parsePlanEntry("sycophancy:14:1.5") // add 1.5 times the vector at layer 14, from the marker on
 */
export function parsePlanEntry(text: string): PlanEntry {
  if (text.length > MAX_ENTRY_LENGTH) {
    throw invalid(
      `${text.slice(0, 40)}...`,
      `expected at most ${MAX_ENTRY_LENGTH} characters, got ${text.length}`,
    );
  }
  const parts = text.split(":");
  const [name = "", layers, multiplier, ...rest] = parts;
  if (layers === undefined || multiplier === undefined || parts.length > 5) {
    throw invalid(text, `expected ${FORM}, got ${parts.length} parts`);
  }
  if (!isPlanName(name)) {
    throw invalid(
      text,
      `name: expected 1 to ${MAX_NAME_LENGTH} characters without blanks, got "${name}"`,
    );
  }
  const [first, second] = rest;
  const operation = first !== undefined && isOperation(first) ? first : undefined;
  const positions = operation === undefined ? first : second;
  if (operation === undefined && second !== undefined) {
    throw invalid(text, `operation: expected add, ablate or clamp, got "${first}"`);
  }
  return {
    name,
    layers: parseLayers(text, layers),
    multiplier: parseMultiplier(text, multiplier),
    operation: operation ?? PLAN_DEFAULTS.operation,
    positions: positions === undefined ? PLAN_DEFAULTS.positions : parsePositions(text, positions),
  };
}

/** Whether a text can be the name in an entry. */
export function isPlanName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && NAME.test(name);
}

function parseLayers(entry: string, text: string): readonly number[] {
  const layers: number[] = [];
  for (const part of text.split(",")) {
    const [, from, to = from] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (from === undefined || first > last || last > MAX_LAYER) {
      throw invalid(
        entry,
        `layers: expected such as 13, 10-14 or 3,5,9, ascending, each at most ${MAX_LAYER}, got "${text}"`,
      );
    }
    for (let layer = first; layer <= last; layer++) {
      layers.push(layer);
    }
  }
  layers.sort((a, b) => a - b);
  const twice = layers.find((layer, index) => layer === layers[index - 1]);
  if (twice !== undefined) {
    throw invalid(entry, `layers: expected each layer once, got ${twice} twice`);
  }
  return layers;
}

function parseMultiplier(entry: string, text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) {
    throw invalid(entry, `multiplier: expected a finite number such as -1.5, got "${text}"`);
  }
  return value + 0; // -0 is 0
}

function parsePositions(entry: string, text: string): SteeringPositions {
  switch (text) {
    case "marker":
    case "after-marker":
    case "all":
    case "generated":
      return text;
    default:
      break;
  }
  const [, first, last] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from > to) {
    throw invalid(
      entry,
      `positions: expected marker, after-marker, all, generated or i-j with i <= j, got "${text}"`,
    );
  }
  return { from, to };
}

const isOperation = (text: string): text is SteeringOperation =>
  text === "add" || text === "ablate" || text === "clamp";

function invalid(entry: string, message: string): CaaError {
  return new CaaError("invalid-argument", `steering "${entry}": ${message}`, { facts: { entry } });
}
