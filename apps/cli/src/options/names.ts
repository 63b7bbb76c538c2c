import { suggest } from "@caa/datasets";
import type { CellType } from "@caa/eval";
import { InvalidArgumentError } from "commander";

// Not of @caa/eval, which is loaded only by commands that need it.
const TYPES = ["ab", "open_ended", "mmlu", "truthful_qa"] as const satisfies readonly CellType[];

/** A test type, written with `-` or `_`. @throws {InvalidArgumentError} with the closest name */
export function parseTestType(value: string): CellType {
  const name = value.toLowerCase().replaceAll("-", "_");
  const found = TYPES.find((type) => type === name);
  if (found === undefined) {
    const near = suggest(name, TYPES);
    const hint = near === null ? "" : ` Did you mean ${near}?`;
    throw new InvalidArgumentError(
      `Expected one of ${TYPES.join(", ")}, got ${JSON.stringify(value)}.${hint}`,
    );
  }
  return found;
}

/** For commander: one of the given words, with a suggestion. @throws {InvalidArgumentError} */
export function oneOf<const Word extends string>(
  ...words: readonly Word[]
): (value: string) => Word {
  return (value) => {
    const found = words.find((word) => word === value.toLowerCase().replaceAll("_", "-"));
    if (found === undefined) {
      const near = suggest(value, words);
      const hint = near === null ? "" : ` Did you mean ${near}?`;
      throw new InvalidArgumentError(
        `Expected one of ${words.join(", ")}, got ${JSON.stringify(value)}.${hint}`,
      );
    }
    return found;
  };
}

/** For commander: names, apart by blanks or commas; parts add up in their order, each name once. */
export function collectNames(value: string, previous: readonly string[] = []): readonly string[] {
  const names = value.split(/[\s,]+/).filter((name) => name !== "");
  if (names.length === 0) {
    throw new InvalidArgumentError("Expected at least one name, got none.");
  }
  return [...new Set([...previous, ...names])];
}

/** For commander: texts in their order. */
export function collectTexts(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** A model's name as part of a file name: `org/name` as `org--name`, other unsafe characters as `_`. */
export function modelFileName(id: string): string {
  const safe = id.replaceAll("/", "--").replaceAll(/[^A-Za-z0-9._+-]/g, "_");
  return safe.replace(/^\.+/, (dots) => "_".repeat(dots.length)).slice(0, 200);
}
