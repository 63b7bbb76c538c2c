import { type FileHandle, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ioError, isMissing } from "./io-error.ts";

/** What was measured on one item; cells by the keys that the sweep gives them. */
export interface JournalEntry<Measure> {
  /** Index in the items of the sweep. */
  readonly item: number;
  readonly cells: Readonly<Record<string, Measure>>;
}

/** Processes of one machine that write the same sweep at once. */
const MAX_JOURNALS = 10_000;

/**
 * Rows of unfinished cells, so that a sweep that was killed goes on where it was. Files that are only appended to, one
 * JSON line an item: `<run key>.<number>.jsonl`. Every sweep writes its own file and reads all files of its key.
 */
export class Journal<Measure> {
  readonly #dir: string;
  readonly #runKey: string;
  readonly #schema: z.ZodType<JournalEntry<Measure>>;
  #own: { readonly path: string; readonly file: FileHandle } | null = null;

  constructor(dir: string, runKey: string, measure: z.ZodType<Measure>) {
    this.#dir = dir;
    this.#runKey = runKey;
    this.#schema = z.strictObject({
      item: z.int().min(0),
      cells: z.record(z.string(), measure),
    });
  }

  /**
   * Entries of all files of the run, in no certain order. Lines that are torn or not understood are left out: what
   * they held is measured again.
   */
  async read(): Promise<readonly JournalEntry<Measure>[]> {
    const entries: JournalEntry<Measure>[] = [];
    for (const path of await this.#list()) {
      entries.push(...(await readEntries(path, this.#schema)));
    }
    return entries;
  }

  /** Adds a line to this sweep's own file, which is made on the first call. @throws {CaaError} io */
  async append(entry: JournalEntry<Measure>): Promise<void> {
    try {
      this.#own ??= await this.#create();
      await this.#own.file.appendFile(`${JSON.stringify(entry)}\n`);
    } catch (cause) {
      throw ioError(this.#own?.path ?? this.#dir, cause);
    }
  }

  /** Lets go of the own file and keeps it. */
  async close(): Promise<void> {
    const own = this.#own;
    this.#own = null;
    await own?.file.close();
  }

  /**
   * Removes the files of the run that are of no use any more: those that hold nothing but complete cells. A sweep of
   * other layers that is still running keeps its own.
   */
  async removeComplete(isComplete: (cell: string) => boolean): Promise<void> {
    await this.close();
    for (const path of await this.#list()) {
      const entries = await readEntries(path, this.#schema);
      if (entries.every((entry) => Object.keys(entry.cells).every(isComplete))) {
        await rm(path, { force: true });
      }
    }
  }

  async #create(): Promise<{ readonly path: string; readonly file: FileHandle }> {
    await mkdir(this.#dir, { recursive: true });
    for (let number = 1; number <= MAX_JOURNALS; number++) {
      const path = join(this.#dir, `${this.#runKey}.${number}.jsonl`);
      try {
        return { path, file: await open(path, "ax") }; // fails when it is there: no two sweeps share a file
      } catch (cause) {
        if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) {
          throw cause;
        }
      }
    }
    throw ioError(this.#dir, `more than ${MAX_JOURNALS} unfinished runs`);
  }

  async #list(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.#dir);
      const ours = names.filter(
        (name) => name.startsWith(`${this.#runKey}.`) && name.endsWith(".jsonl"),
      );
      return ours.sort().map((name) => join(this.#dir, name));
    } catch (cause) {
      if (isMissing(cause)) {
        return [];
      }
      throw ioError(this.#dir, cause);
    }
  }
}

async function readEntries<Entry>(
  path: string,
  schema: z.ZodType<Entry>,
): Promise<readonly Entry[]> {
  try {
    const lines = (await readFile(path, "utf8")).split("\n");
    return lines.flatMap((line) => parseEntry(line, schema));
  } catch (cause) {
    if (isMissing(cause)) {
      return []; // another sweep has finished meanwhile
    }
    throw ioError(path, cause);
  }
}

function parseEntry<Entry>(line: string, schema: z.ZodType<Entry>): readonly Entry[] {
  try {
    const result = schema.safeParse(JSON.parse(line));
    return result.success ? [result.data] : [];
  } catch {
    return [];
  }
}
