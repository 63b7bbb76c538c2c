import { join } from "node:path";
import { CaaError, throwIfAborted } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import type { SetName } from "../process/set-name.ts";
import type { Source, SourceFile } from "../sources/source.ts";
import { MAX_ORIGINAL_BYTES } from "./limits.ts";
import { LocalCopies } from "./local-copies.ts";
import { matchOriginal, type Verdict } from "./match.ts";
import type { Published, PublishedOptions } from "./published.ts";
import { keepApart, placeOriginal, readRawFolder } from "./raw-folder.ts";
import type { RecordEntry, SourcesRecord } from "./record.ts";

/** How far one file is. */
export interface SourceProgress {
  readonly set: SetName;
  readonly file: string;
  readonly loadedBytes: number;
  /** Undefined while no one has said it. */
  readonly totalBytes: number | undefined;
}

export interface DownloadSourcesOptions extends PublishedOptions {
  /** Originals come to `<dir>/raw/<set>`. */
  readonly dir: string;
  /** @default all */
  readonly names?: readonly string[] | undefined;
  /** A folder of originals: they are looked for below it, and nothing is asked of any server. */
  readonly from?: string | undefined;
  readonly onProgress?: ((progress: SourceProgress) => void) | undefined;
}

/** One file of a set as it lies there now. */
export interface SourceFileReport extends RecordEntry {
  /** Below `raw/<set>`; in `differs/` when it is kept apart. */
  readonly name: string;
  /** `present`: it was there before. */
  readonly how: "present" | "copied" | "downloaded";
}

/** What became of one set. */
export interface SourceReport {
  readonly set: SetName;
  /** Whether every file of one form of the set is there and accepted. */
  readonly complete: boolean;
  readonly files: readonly SourceFileReport[];
  /** What the user should know. */
  readonly notes: readonly string[];
  /** Why it is not complete; null when it is. */
  readonly failure: CaaError | null;
}

/** Brings the files of one set. */
export class SourceJob {
  readonly #source: Source;
  readonly #record: SourcesRecord;
  readonly #options: DownloadSourcesOptions;
  /** Accepted, by the name of the original. */
  readonly #accepted = new Map<string, SourceFileReport>();
  readonly #apart: SourceFileReport[] = [];
  readonly #notes: string[] = [];

  constructor(source: Source, record: SourcesRecord, options: DownloadSourcesOptions) {
    this.#source = source;
    this.#record = record;
    this.#options = options;
  }

  /** What fails, being stopped too, is in the report: it says what came before. */
  async run(from: LocalCopies | Published): Promise<SourceReport> {
    let failure: CaaError | null = null;
    try {
      await this.#lookAtWhatIsThere();
      if (!this.#isComplete()) {
        await (from instanceof LocalCopies ? this.#copy(from) : this.#download(from));
      }
    } catch (error) {
      if (!CaaError.isInstance(error)) {
        throw error;
      }
      failure = error;
    }
    const complete = this.#isComplete();
    return {
      set: this.#source.name,
      complete,
      files: [...this.#accepted.values(), ...this.#apart],
      notes: this.#notes,
      failure: complete ? null : (failure ?? this.#differing()),
    };
  }

  #isComplete(): boolean {
    return this.#source.forms.some((form) => form.every(({ name }) => this.#accepted.has(name)));
  }

  async #lookAtWhatIsThere(): Promise<void> {
    const { dir } = this.#options;
    for (const present of await readRawFolder(dir, this.#source, this.#record)) {
      const { file, name, match } = present;
      const recorded = this.#record[`${this.#source.name}/${name}`];
      const entry = {
        ...entryOf(present),
        origin: recorded?.sha256 === present.sha256 ? recorded.origin : "found in place",
        revision: recorded?.sha256 === present.sha256 ? recorded.revision : null,
        how: "present",
      } as const;
      if (match === "differs") {
        const placed = await keepApart(dir, this.#source, present);
        this.#apart.push({ ...entry, name: placed });
      } else if (!this.#accepted.has(file.name)) {
        this.#accepted.set(file.name, { ...entry, name });
      }
    }
  }

  /** The first form that the folder has in full; what there is of those before it is taken too. */
  async #copy(copies: LocalCopies): Promise<void> {
    const differing = new Map<string, Copy>();
    for (const form of this.#source.forms) {
      const found: Copy[] = [];
      for (const file of form.filter(({ name }) => !this.#accepted.has(name))) {
        const best = await this.#bestCopy(copies, file);
        if (best?.verdict.match === "differs") {
          differing.set(file.name, best);
        } else if (best !== null) {
          found.push(best);
        }
      }
      for (const copy of found) {
        await this.#settle(copy, "copied");
      }
      if (this.#isComplete()) {
        break;
      }
    }
    for (const copy of differing.values()) {
      await this.#settle(copy, "copied");
    }
    if (!this.#isComplete() && differing.size === 0) {
      throw this.#notFound();
    }
  }

  async #bestCopy(copies: LocalCopies, file: SourceFile): Promise<Copy | null> {
    let best: Copy | null = null;
    for (const path of copies.of(file)) {
      throwIfAborted(this.#options.signal);
      const origin = copies.nameOf(path);
      const bytes = await readFileLimited(path, MAX_ORIGINAL_BYTES).catch((error: unknown) => {
        if (!CaaError.isInstance(error)) {
          throw error;
        }
        this.#notes.push(`${origin} is passed over: ${error.message}`);
        return null;
      });
      if (bytes === null) {
        continue;
      }
      const verdict = matchOriginal(bytes, file, path);
      const name = path.endsWith(".gz") ? `${file.name}.gz` : file.name;
      if (best === null || RANK[verdict.match] < RANK[best.verdict.match]) {
        best = { file, name, bytes, verdict, origin, revision: null };
      }
      if (best.verdict.match === "exact") {
        break;
      }
    }
    return best;
  }

  async #download(published: Published): Promise<void> {
    const { dir, onProgress } = this.#options;
    const { name: set, forms } = this.#source;
    const folder = join(dir, "raw", set);
    for (const file of forms[0]) {
      if (this.#accepted.has(file.name) || file.origin === null) {
        continue;
      }
      const { note, ...fetched } = await published.fetch(
        this.#source,
        file,
        file.origin,
        folder,
        (loadedBytes, totalBytes) =>
          onProgress?.({ set, file: file.name, loadedBytes, totalBytes }),
      );
      if (note !== null) {
        this.#notes.push(note);
      }
      await this.#settle({ file, name: file.name, ...fetched }, "downloaded");
    }
  }

  async #settle(copy: Copy, how: "copied" | "downloaded"): Promise<void> {
    const { file, bytes, verdict, origin, revision } = copy;
    const name = await placeOriginal(this.#options.dir, this.#source, copy.name, bytes, verdict);
    const report = { name, ...entryOf(verdict), origin, revision, how };
    if (verdict.match === "differs") {
      this.#apart.push(report);
    } else {
      this.#accepted.set(file.name, report);
    }
  }

  #differing(): CaaError {
    const { name } = this.#source;
    const list = this.#apart.map((file) => `${file.name} from ${file.origin}: ${file.reason}`);
    return new CaaError(
      "invalid-data",
      `${name}: expected the published files, got others, which are kept apart in raw/${name}: ${list.join("; ")}`,
      { facts: { set: name, files: this.#apart.map((file) => file.name) } },
    );
  }

  #notFound(): CaaError {
    const { name, forms } = this.#source;
    const { from = "" } = this.#options;
    const place = ({ name: file, folders }: SourceFile): string =>
      folders === null ? file : `${file} in a folder ${folders.join(" or ")}`;
    const wanted = forms.map((form) =>
      form
        .filter((file) => !this.#accepted.has(file.name))
        .map(place)
        .join(" and "),
    );
    return new CaaError(
      "not-found",
      `${name}: expected ${wanted.join("; or ")}, somewhere in ${from} and perhaps gzipped, got none`,
      { facts: { set: name, from } },
    );
  }
}

interface Copy {
  readonly file: SourceFile;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly verdict: Verdict;
  readonly origin: string;
  readonly revision: string | null;
}

const RANK = { exact: 0, "same-items": 1, "no-pin": 2, differs: 3 } as const;

function entryOf({ sha256, size, match, reason }: Verdict): Verdict {
  return { sha256, size, match, reason };
}
