import { CaaError } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import { type Cell, MAX_CELL_BYTES, parseCell } from "./cell.ts";

/** A cell's file, checked; null when it is not there. @throws {CaaError} invalid-file, io */
export async function readCell(path: string): Promise<Cell | null> {
  const bytes = await readOrNull(path);
  if (bytes === null) {
    return null;
  }
  const result = parseCell(parseJson(bytes, path));
  if ("problem" in result) {
    const message = `${path}: expected a result cell, got: ${result.problem}`;
    throw new CaaError("invalid-file", message, { facts: { path } });
  }
  return result.cell;
}

async function readOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return await readFileLimited(path, MAX_CELL_BYTES);
  } catch (cause) {
    if (CaaError.isInstance(cause) && cause.code === "not-found") {
      return null;
    }
    throw cause;
  }
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const message = `${path}: expected a result cell, got text that is no JSON`;
    throw new CaaError("invalid-file", message, { cause, facts: { path } });
  }
}
