import { visit } from "jsonc-parser";
import { MAX_ITEMS } from "./limits.ts";
import type { DataRecord, Scan } from "./parse-records.ts";
import type { Problem } from "./problem.ts";

/** A JSON text as a whole, or what is wrong with it. */
export function parseJson(
  text: string,
  path: string,
  expected: string,
): { readonly value: unknown } | { readonly problem: Problem } {
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    const { item, line } = locateFault(text);
    return { problem: fault(cause, path, item, line, expected) };
  }
}

/** The values of a JSON array. A broken one gives no record, since what its parts belong to is a guess. */
export function scanArray(text: string, path: string): Scan {
  const parsed = parseJson(text, path, "a JSON array");
  if ("problem" in parsed) {
    return { records: [], problems: [parsed.problem] };
  }
  const values: readonly unknown[] = Array.isArray(parsed.value) ? parsed.value : [];
  // One more than allowed is enough to be refused: a small file can hold millions.
  const records = values
    .slice(0, MAX_ITEMS + 1)
    .map((value, i) => ({ value, index: i + 1, line: null }));
  return { records, problems: [] };
}

/**
 * One JSON value a line; blank lines are skipped. Every broken line is a problem, the others are read. A text that is
 * one object over several lines is one item.
 */
export function scanLines(text: string, path: string): Scan {
  const scan = scanEachLine(text, path);
  if (scan.problems[0]?.item === 1) {
    const parsed = parseJson(text, path, "a JSON object");
    return "problem" in parsed
      ? scan
      : { records: [{ value: parsed.value, index: 1, line: null }], problems: [] };
  }
  return scan;
}

function scanEachLine(text: string, path: string): Scan {
  const records: DataRecord[] = [];
  const problems: Problem[] = [];
  for (const [i, content] of text.split("\n").entries()) {
    if (records.length > MAX_ITEMS) {
      break;
    }
    if (content.trim() !== "") {
      const index = records.length + problems.length + 1;
      try {
        records.push({ value: JSON.parse(content), index, line: i + 1 });
      } catch (cause) {
        problems.push(fault(cause, path, index, i + 1, "one JSON object on the line"));
      }
    }
  }
  return { records, problems };
}

function fault(
  cause: unknown,
  path: string,
  item: number | null,
  line: number | null,
  expected: string,
): Problem {
  const got = cause instanceof Error ? cause.message : String(cause);
  const reason = `expected ${expected}, got: ${got}`;
  return { code: "invalid-file", path, item, line, field: "", reason };
}

/** Line and item of the first fault in the text of a JSON array; `JSON.parse` does not always say where it stopped. */
function locateFault(text: string): { readonly item: number | null; readonly line: number | null } {
  let item: number | null = null;
  let first: { readonly item: number | null; readonly line: number } | null = null;
  const enter = (
    _offset: number,
    _length: number,
    _line: number,
    _character: number,
    pathOf: () => ReadonlyArray<string | number>,
  ): void => {
    const [index] = first === null ? pathOf() : [];
    item = typeof index === "number" ? index + 1 : item;
  };
  try {
    visit(
      text,
      {
        onObjectBegin: enter,
        onError: (_code, _offset, _length, line) => {
          first ??= { item, line: line + 1 };
        },
      },
      { disallowComments: true, allowTrailingComma: false },
    );
  } catch {
    // It calls itself once a bracket: too many of them and it runs out of stack. Then the place stays unknown.
  }
  return first ?? { item: null, line: null };
}
