import { parseSetName, SET_NAMES } from "../process/set-name.ts";
import { sourceOf } from "../sources/catalog.ts";
import type { Source } from "../sources/source.ts";
import { type PresentFile, readRawFolder } from "./raw-folder.ts";
import { readRecord } from "./record.ts";

/** What there is of one set. */
export interface SourceState {
  readonly source: Source;
  /**
   * `complete`: every file of one form is there and accepted. `differs`: a file is other than its pin. `partial`: some are
   * there. `missing`: none is.
   */
  readonly state: "complete" | "differs" | "partial" | "missing";
  readonly files: readonly PresentFile[];
}

/**
 * Compares the originals under `DIR/raw` with their pins, and changes nothing.
 * @throws {CaaError} not-found for an unknown name; io; invalid-file for a broken record
 */
export async function inspectSources(
  dir: string,
  names: readonly string[] = SET_NAMES,
): Promise<readonly SourceState[]> {
  const record = await readRecord(dir);
  const states: SourceState[] = [];
  for (const name of new Set(names.map(parseSetName))) {
    const source = sourceOf(name);
    const files = await readRawFolder(dir, source, record);
    states.push({ source, state: stateOf(source, files), files });
  }
  return states;
}

function stateOf({ forms }: Source, files: readonly PresentFile[]): SourceState["state"] {
  if (files.some(({ match }) => match === "differs")) {
    return "differs";
  }
  const there = new Set(files.map(({ file }) => file.name));
  if (forms.some((form) => form.every(({ name }) => there.has(name)))) {
    return "complete";
  }
  return files.length > 0 ? "partial" : "missing";
}
