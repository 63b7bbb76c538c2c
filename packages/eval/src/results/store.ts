import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CaaError } from "@caa/core";
import { writeFileAtomic } from "@caa/core/files";
import { behaviorFolder, cellFileName } from "./cell-name.ts";
import { ioError, isMissing } from "./io-error.ts";
import { Journal } from "./journal.ts";
import { readCell } from "./read-cell.ts";
import type { AbCell, AbSettings, CellHashes } from "./schema.ts";

/** Folder of unfinished runs, below that of the type. */
const PARTIAL = ".partial";

/**
 * Results on disk: one file a cell, `DIR/<type>/<behavior>/<settings>.json`. Several processes may write the same
 * store: files appear whole or not at all.
 */
export class ResultStore {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Where the cell of these settings is, or will be. */
  path(settings: AbSettings): string {
    return join(this.dir, settings.type, behaviorFolder(settings.behavior), cellFileName(settings));
  }

  /**
   * The cell of these settings; null when there is none.
   * @throws {CaaError} invalid-data when a cell is there that other files made; invalid-file, io
   */
  async find(settings: AbSettings, hashes: CellHashes): Promise<AbCell | null> {
    const path = this.path(settings);
    const cell = await readCell(path);
    if (cell === null) {
      return null;
    }
    const different = [
      ...differences(cell.settings, settings),
      ...differences(cell.hashes, hashes),
    ];
    if (different.length > 0) {
      const message = `${path}: expected a cell of the same settings, model, data set and vector, got another ${different.join(", ")}; --overwrite (overwrite: true) makes it again`;
      throw new CaaError("invalid-data", message, { facts: { path, different } });
    }
    return cell;
  }

  /** Writes a cell under its final name at once, in place of one that is there. @throws {CaaError} io */
  async write(cell: AbCell): Promise<void> {
    await writeFileAtomic(this.path(cell.settings), `${JSON.stringify(cell, null, 2)}\n`);
  }

  /** Rows of unfinished cells of the run that `key` tells from others. */
  journal(type: AbSettings["type"], key: unknown): Journal {
    const runKey = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32);
    return new Journal(join(this.dir, type, PARTIAL), runKey);
  }
}

/** Which cells are wanted; what is left out does not matter. */
export interface CellFilter {
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  readonly vectors?: readonly string[];
  readonly layers?: readonly number[];
  readonly multipliers?: readonly number[];
}

/**
 * The finished cells of a store, by path. A store that is not there has none.
 * @throws {CaaError} invalid-file for a file that is no cell, io
 */
export async function readCells(dir: string, filter: CellFilter = {}): Promise<readonly AbCell[]> {
  const cells: AbCell[] = [];
  const type = join(dir, "ab");
  for (const folder of await list(type, "folder")) {
    for (const name of await list(join(type, folder), "file")) {
      const cell =
        name.endsWith(".json") && !name.startsWith(".")
          ? await readCell(join(type, folder, name))
          : null;
      if (cell !== null && matches(cell.settings, filter)) {
        cells.push(cell);
      }
    }
  }
  return cells;
}

function matches(settings: AbSettings, filter: CellFilter): boolean {
  return (
    (filter.behaviors?.includes(settings.behavior) ?? true) &&
    (filter.models?.includes(settings.model) ?? true) &&
    (filter.vectors?.includes(settings.vectors) ?? true) &&
    (filter.layers?.includes(settings.layer) ?? true) &&
    (filter.multipliers?.includes(settings.multiplier) ?? true)
  );
}

async function list(dir: string, kind: "folder" | "file"): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const wanted = entries.filter((entry) =>
      kind === "folder" ? entry.isDirectory() : entry.isFile(),
    );
    return wanted
      .map((entry) => entry.name)
      .filter((name) => name !== PARTIAL)
      .sort();
  } catch (cause) {
    if (isMissing(cause)) {
      return [];
    }
    throw ioError(dir, cause);
  }
}

function differences(found: object, expected: object): readonly string[] {
  const other = new Map<string, unknown>(Object.entries(expected));
  return Object.entries(found).flatMap(([key, value]) =>
    Object.is(other.get(key), value) ? [] : [key],
  );
}
