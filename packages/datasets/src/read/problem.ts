import { CaaError } from "@caa/core";

/** What is wrong in a data file, and where. */
export interface Problem {
  /** invalid-file: it cannot be parsed; invalid-data: an item breaks its format; empty-selection: there is no item. */
  readonly code: "invalid-file" | "invalid-data" | "empty-selection";
  readonly path: string;
  /** 1-based; null when it is about the file as a whole. */
  readonly item: number | null;
  /** 1-based; null where it is not known. */
  readonly line: number | null;
  /** Empty when it is about the item as a whole. */
  readonly field: string;
  /** Such as `expected a text, got none`. */
  readonly reason: string;
}

/** Such as `item 3 (line 4), field question`; empty for the file as a whole. */
export function formatPlace({
  item,
  line,
  field,
}: Omit<Problem, "code" | "path" | "reason">): string {
  const place =
    item === null
      ? line === null
        ? ""
        : `line ${line}`
      : `item ${item}${line === null ? "" : ` (line ${line})`}`;
  return [place, field === "" ? "" : `field ${field}`].filter((part) => part !== "").join(", ");
}

/** The problem as an error: `path: item 3 (line 4), field question: expected a text, got none`. */
export function problemError(problem: Problem): CaaError {
  const { code, path, item, line, field, reason } = problem;
  const message = [path, formatPlace(problem), reason].filter((part) => part !== "").join(": ");
  return new CaaError(code, message, { facts: { path, item, line, field } });
}
