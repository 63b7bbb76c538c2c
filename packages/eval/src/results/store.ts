import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CaaError } from "@caa/core";
import { writeFileAtomic } from "@caa/core/files";
import { behaviorFolder, cellFileName } from "./cell-name.ts";
import { ioError, isMissing } from "./io-error.ts";
import { Journal } from "./journal.ts";
import { readCell } from "./read-cell.ts";
import type { Cell, CellOf } from "./cell.ts";
import { type ChoiceCell, choiceMeasureSchema, type ChoiceMeasure } from "./choice-cell.ts";
import { type AnswerMeasure, answerMeasureSchema, type OpenEndedCell } from "./open-ended-cell.ts";
import {
  CELL_TYPES,
  type CellHashes,
  type CellSettings,
  type CellType,
  type ChoiceSettings,
  type ChoiceType,
  type OpenEndedSettings,
} from "./settings.ts";

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
  path(settings: CellSettings): string {
    return join(this.dir, settings.type, behaviorFolder(settings.behavior), cellFileName(settings));
  }

  /**
   * The cell of these settings; null when there is none.
   * @throws {CaaError} invalid-data when a cell is there that other files made; invalid-file, io
   */
  find(settings: ChoiceSettings, hashes: CellHashes): Promise<ChoiceCell | null>;
  find(settings: OpenEndedSettings, hashes: CellHashes): Promise<OpenEndedCell | null>;
  async find(settings: CellSettings, hashes: CellHashes): Promise<Cell | null> {
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
  async write(cell: Cell): Promise<void> {
    await writeFileAtomic(this.path(cell.settings), `${JSON.stringify(cell, null, 2)}\n`);
  }

  /** Rows of unfinished choice cells of the run that `key` tells from others. */
  choiceJournal(type: ChoiceType, key: unknown): Journal<ChoiceMeasure> {
    return new Journal(this.#partial(type), hashOf(key), choiceMeasureSchema);
  }

  /** Answers of unfinished open-ended cells, likewise. */
  answerJournal(key: unknown): Journal<AnswerMeasure> {
    return new Journal(this.#partial("open_ended"), hashOf(key), answerMeasureSchema);
  }

  #partial(type: CellType): string {
    return join(this.dir, type, PARTIAL);
  }
}

function hashOf(key: unknown): string {
  return createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32);
}

/** Which cells are wanted; what is left out does not matter. */
export interface CellFilter<Type extends CellType = CellType> {
  readonly types?: readonly Type[];
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  readonly vectors?: readonly string[];
  readonly layers?: readonly number[];
  readonly multipliers?: readonly number[];
}

/**
 * The finished cells of a store, by type, then by path. A store that is not there has none.
 * @throws {CaaError} invalid-file for a file that is no cell, io
 */
export async function readCells<Type extends CellType = CellType>(
  dir: string,
  filter: CellFilter<Type> = {},
): Promise<ReadonlyArray<CellOf<Type>>> {
  const cells: Array<CellOf<Type>> = [];
  const types: readonly CellType[] = filter.types ?? CELL_TYPES;
  for (const type of CELL_TYPES.filter((name) => types.includes(name))) {
    for (const folder of await list(join(dir, type), "folder")) {
      for (const name of await list(join(dir, type, folder), "file")) {
        const path = join(dir, type, folder, name);
        const cell = name.endsWith(".json") && !name.startsWith(".") ? await readCell(path) : null;
        if (cell !== null && isOneOf<Type>(cell, filter.types) && matches(cell.settings, filter)) {
          cells.push(cell);
        }
      }
    }
  }
  return cells;
}

function isOneOf<Type extends CellType>(
  cell: Cell,
  types: readonly Type[] | undefined,
): cell is CellOf<Type> {
  const names: readonly CellType[] = types ?? CELL_TYPES;
  return names.includes(cell.settings.type);
}

function matches(settings: CellSettings, filter: Omit<CellFilter, "types">): boolean {
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
