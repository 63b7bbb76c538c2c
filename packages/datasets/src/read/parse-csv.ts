import { parse } from "csv-parse/sync";
import { MAX_CSV_LENGTH } from "./limits.ts";
import type { DataRecord, Scan } from "./parse-records.ts";
import type { Problem } from "./problem.ts";

/**
 * The rows of CSV as objects, named by the header in the first row (blanks around names and upper case do not count).
 * Cells are apart by commas; `"` quotes a cell that holds commas, line breaks or, doubled, quotes. Blank lines are skipped.
 */
export function scanCsv(text: string, path: string): Scan {
  if (text.length > MAX_CSV_LENGTH) {
    const reason = `expected at most ${MAX_CSV_LENGTH} characters of CSV, got ${text.length}; JSONL may be larger`;
    return { records: [], problems: [whole(path, reason)] };
  }
  const rows: Row[] = [];
  let lines = 0;
  let failure: unknown = null;
  try {
    // Windows line ends would be counted twice within quotes.
    parse(text.replaceAll(/\r\n?/g, "\n"), {
      relax_column_count: true, // counted below, so that every bad row is named
      skip_empty_lines: true,
      on_record: (cells: readonly string[], context) => {
        const breaks = cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
        lines = context.lines;
        rows.push({ cells, line: lines - breaks });
        return null; // kept here, not twice
      },
    });
  } catch (cause) {
    failure = cause;
  }
  const [header, ...body] = rows;
  const columns = (header?.cells ?? []).map((name) => name.trim().toLowerCase());
  const problems: Problem[] = [];
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined) {
    problems.push(whole(path, `expected every column once, got ${JSON.stringify(twice)} twice`, 1));
  }
  const records: DataRecord[] = [];
  for (const [i, { cells, line }] of body.entries()) {
    const index = i + 1;
    if (cells.length === columns.length) {
      const value = Object.fromEntries(columns.map((name, c) => [name, cells[c] ?? ""]));
      records.push({ value, index, line });
    } else {
      const reason = `expected ${columns.length} cells as in the first row, got ${cells.length}`;
      problems.push({ code: "invalid-file", path, item: index, line, field: "", reason });
    }
  }
  if (failure !== null) {
    // The parser names the line where it gave up; what is wrong begins in the row after the last good one.
    const reason = `expected CSV, got: ${failure instanceof Error ? failure.message : String(failure)}`;
    const item = rows.length === 0 ? null : rows.length;
    problems.push({ code: "invalid-file", path, item, line: lines + 1, field: "", reason });
  }
  return { records, problems, columns };
}

interface Row {
  readonly cells: readonly string[];
  /** Where it begins. */
  readonly line: number;
}

function whole(path: string, reason: string, line: number | null = null): Problem {
  return { code: "invalid-file", path, item: null, line, field: "", reason };
}
