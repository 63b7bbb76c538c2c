import { CaaError } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import { z } from "zod";
import { type AbCell, cellSchema, MAX_CELL_BYTES } from "./schema.ts";

/** A cell's file, checked; null when it is not there. @throws {CaaError} invalid-file, io */
export async function readCell(path: string): Promise<AbCell | null> {
  const bytes = await readOrNull(path);
  if (bytes === null) {
    return null;
  }
  const result = cellSchema.safeParse(parseJson(bytes, path));
  if (!result.success) {
    const reason = z.prettifyError(result.error).replaceAll("\n", " ").slice(0, 500);
    throw new CaaError("invalid-file", `${path}: expected a result cell, got: ${reason}`, {
      facts: { path },
    });
  }
  return result.data;
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
