import { tryDecode } from "./decode.ts";
import { MAX_ITEMS } from "./limits.ts";
import { scanCsv } from "./parse-csv.ts";
import { scanArray, scanLines } from "./parse-json.ts";
import { type Problem, problemError } from "./problem.ts";

/** A value of a data file and where it stands. */
export interface DataRecord {
  readonly value: unknown;
  /** 1-based. */
  readonly index: number;
  /** 1-based, where the item begins; null in a JSON array. */
  readonly line: number | null;
}

/** What a file holds, and all that is wrong with its syntax. */
export interface Scan {
  readonly records: readonly DataRecord[];
  readonly problems: readonly Problem[];
  /** Names in the first row of CSV. */
  readonly columns?: readonly string[];
}

/**
 * The records of a data file. A name that ends in `.csv` (or `.csv.gz`) means CSV; else what the text starts with
 * decides between a JSON array and JSONL. A byte order mark, Windows line ends and gzip are taken.
 */
export function scanRecords(bytes: Uint8Array, path: string): Scan {
  const decoded = tryDecode(bytes, path);
  if ("problem" in decoded) {
    return { records: [], problems: [decoded.problem] };
  }
  const scan = scanText(decoded.text, path);
  const whole = { path, item: null, line: null, field: "" } as const;
  if (scan.records.length === 0 && scan.problems.length === 0) {
    const reason = "expected at least one item, got none";
    return { ...scan, problems: [{ ...whole, code: "empty-selection", reason }] };
  }
  if (scan.records.length > MAX_ITEMS) {
    const reason = `expected at most ${MAX_ITEMS} items, got more`;
    return { records: [], problems: [{ ...whole, code: "invalid-file", reason }] };
  }
  return scan;
}

/** As `scanRecords`, for files that must be right. @throws {CaaError} the first problem */
export function parseRecords(bytes: Uint8Array, path: string): readonly DataRecord[] {
  const { records, problems } = scanRecords(bytes, path);
  const [first] = problems;
  if (first !== undefined) {
    throw problemError(first);
  }
  return records;
}

function scanText(text: string, path: string): Scan {
  if (/\.csv(\.gz)?$/i.test(path)) {
    return scanCsv(text, path);
  }
  const first = text.trimStart().charAt(0);
  if (first === "" || first === "{") {
    return scanLines(text, path);
  }
  if (first === "[") {
    return scanArray(text, path);
  }
  const reason = `expected a JSON array or one JSON object a line, got a text that starts with ${JSON.stringify(first)}; a file of comma-separated values is named .csv`;
  const place = { item: null, line: 1, field: "" };
  return { records: [], problems: [{ code: "invalid-file", path, ...place, reason }] };
}
