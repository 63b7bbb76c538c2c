import { InvalidArgumentError } from "commander";

/** More values than any sweep has; a guard against slips such as `0-2900000`. */
const MAX_VALUES = 10_000;

/** For commander: collects the values of one variadic option, each read by `parse`. */
type Collect = (value: string, previous: readonly number[] | undefined) => readonly number[];

/**
 * Reads a part of `--layers`: `3`, `0-29`, `0,5,9` or a mix of them, `all` aside; parts add up, ascending, each layer once.
 * @throws {InvalidArgumentError}
 */
export const collectLayers: Collect = (value, previous = []) => {
  const layers = new Set(previous);
  for (const part of splitList(value)) {
    const range = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part);
    if (range === null) {
      throw new InvalidArgumentError(
        `Expected layers such as 14, 0-29 or 0,5,9, got ${JSON.stringify(part)}.`,
      );
    }
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    if (last < first) {
      throw new InvalidArgumentError(
        `Expected a range from low to high, got ${part}; did you mean ${last}-${first}?`,
      );
    }
    if (last - first + layers.size >= MAX_VALUES) {
      throw new InvalidArgumentError(`Expected at most ${MAX_VALUES} layers, got ${part}.`);
    }
    for (let layer = first; layer <= last; layer += 1) {
      layers.add(layer);
    }
  }
  return [...layers].sort((a, b) => a - b);
};

/**
 * Reads a part of `--multipliers`: `1.5`, `-1`, `-1,0,1`; parts add up in their order, each value once.
 * @throws {InvalidArgumentError}
 */
export const collectMultipliers: Collect = (value, previous = []) => {
  const multipliers = new Set(previous);
  for (const part of splitList(value)) {
    multipliers.add(readNumber(part));
  }
  if (multipliers.size > MAX_VALUES) {
    throw new InvalidArgumentError(`Expected at most ${MAX_VALUES} multipliers.`);
  }
  return [...multipliers];
};

function readNumber(text: string): number {
  const number = Number(text);
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) || !Number.isFinite(number)) {
    throw new InvalidArgumentError(
      `Expected numbers such as -1 0 1.5, got ${JSON.stringify(text)}.`,
    );
  }
  return number === 0 ? 0 : number; // -0 is 0
}

/** A whole number from 1 on. @throws {InvalidArgumentError} */
export function parseCount(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    throw new InvalidArgumentError(
      `Expected a whole number from 1 on, got ${JSON.stringify(value)}.`,
    );
  }
  return Number(value);
}

/** A whole number from 0 on. @throws {InvalidArgumentError} */
export function parseWhole(value: string): number {
  if (!/^\d{1,9}$/.test(value)) {
    throw new InvalidArgumentError(
      `Expected a whole number from 0 on, got ${JSON.stringify(value)}.`,
    );
  }
  return Number(value);
}

/** A number within [low, high]. @throws {InvalidArgumentError} */
export function parseWithin(low: number, high: number): (value: string) => number {
  return (value) => {
    const number = readNumber(value);
    if (number < low || number > high) {
      throw new InvalidArgumentError(`Expected a number from ${low} to ${high}, got ${value}.`);
    }
    return number;
  };
}

function splitList(value: string): readonly string[] {
  const parts = value.split(/[\s,]+/).filter((part) => part !== "");
  if (parts.length === 0) {
    throw new InvalidArgumentError("Expected at least one value, got none.");
  }
  return parts;
}

/**
 * Commander takes `-1` as a value and `-1,0,1` as an unknown option: such a list behind `--multipliers`
 * becomes single numbers. Everything else stays as it is.
 */
export function splitNegativeLists(args: readonly string[]): string[] {
  let inMultipliers = false;
  return args.flatMap((arg) => {
    if (arg.startsWith("--")) {
      inMultipliers = arg === "--multipliers";
      return [arg];
    }
    return inMultipliers && /^-[\d.]/.test(arg) && arg.includes(",")
      ? arg.split(",").filter((part) => part !== "")
      : [arg];
  });
}

/** A number above 0. @throws {InvalidArgumentError} */
export function parsePositive(value: string): number {
  const number = readNumber(value);
  if (number <= 0) {
    throw new InvalidArgumentError(`Expected a number above 0, got ${JSON.stringify(value)}.`);
  }
  return number;
}

/** A number from 0 on. @throws {InvalidArgumentError} */
export function parseNonNegative(value: string): number {
  const number = readNumber(value);
  if (number < 0) {
    throw new InvalidArgumentError(`Expected a number from 0 on, got ${JSON.stringify(value)}.`);
  }
  return number;
}
