import type { SetName } from "../process/set-name.ts";

/** Where a file is published. */
export type Origin =
  | {
      readonly kind: "hub";
      /** A data set of the Hugging Face hub, `organization/name`, at its branch `main`. */
      readonly repo: string;
      readonly path: string;
    }
  | {
      readonly kind: "github";
      /** `owner/name`, at its branch `main`. */
      readonly repo: string;
      readonly path: string;
    };

/** One original file. */
export interface SourceFile {
  /** Under `raw/<set>`; a gzipped copy has `.gz` behind it. */
  readonly name: string;
  /** Null for a form that is nowhere published as such and comes from a local folder only. */
  readonly origin: Origin | null;
  /** SHA-256 of the published bytes, or git's SHA-1 of them as a blob; null where neither is known. */
  readonly bytes: string | null;
  /** `hashItems` of its items; null where it is not known. */
  readonly items: string | null;
  /** A local copy counts only in a folder of one of these names; null where the file's name says enough. */
  readonly folders: readonly string[] | null;
}

/** Where one data set comes from. */
export interface Source {
  readonly name: SetName;
  /** What it is, in one sentence. */
  readonly about: string;
  readonly license: string;
  /** A page for people. */
  readonly homepage: string;
  /** Groups of files, each of which alone makes the set whole; the first is what is downloaded. */
  readonly forms: readonly [readonly SourceFile[], ...(readonly SourceFile[])[]];
}

/** Every file that a set may have, each once. */
export function filesOf({ forms }: Source): readonly SourceFile[] {
  return [...new Map(forms.flat().map((file) => [file.name, file])).values()];
}
