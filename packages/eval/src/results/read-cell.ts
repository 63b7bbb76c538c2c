import { open } from "node:fs/promises";
import { CaaError } from "@caa/core";
import { z } from "zod";
import { ioError, isMissing } from "./io-error.ts";
import { type AbCell, cellSchema, MAX_CELL_BYTES } from "./schema.ts";

/** A cell's file, checked; null when it is not there. @throws {CaaError} invalid-file, io */
export async function readCell(path: string): Promise<AbCell | null> {
  const text = await readText(path);
  if (text === null) {
    return null;
  }
  const result = cellSchema.safeParse(parseJson(text, path));
  if (!result.success) {
    const reason = z.prettifyError(result.error).replaceAll("\n", " ").slice(0, 500);
    throw new CaaError("invalid-file", `${path}: expected a result cell, got: ${reason}`, {
      facts: { path },
    });
  }
  return result.data;
}

async function readText(path: string): Promise<string | null> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > MAX_CELL_BYTES) {
        const message = `${path}: expected at most ${MAX_CELL_BYTES} bytes, got ${size}`;
        throw new CaaError("invalid-file", message, { facts: { path } });
      }
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (isMissing(cause)) {
      return null;
    }
    throw ioError(path, cause);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CaaError(
      "invalid-file",
      `${path}: expected a result cell, got text that is no JSON`,
      {
        cause,
        facts: { path },
      },
    );
  }
}
