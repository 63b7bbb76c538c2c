import { throwIfAborted } from "@caa/core";
import { parseSetName, SET_NAMES } from "../process/set-name.ts";
import { sourceOf } from "../sources/catalog.ts";
import type { Source } from "../sources/source.ts";
import { LocalCopies } from "./local-copies.ts";
import { Published } from "./published.ts";
import { DIFFERS } from "./raw-folder.ts";
import { readRecord, type RecordEntry, type SourcesRecord, writeRecord } from "./record.ts";
import { type DownloadSourcesOptions, SourceJob, type SourceReport } from "./source-job.ts";

/**
 * Brings originals to `DIR/raw/<set>`: from where they are published, or from a local folder. What is there already and
 * accepted stays. A copy that differs from its pin never gets its final name: it is kept apart in `DIR/raw/<set>/differs`.
 * `DIR/raw/sources.json` says what each file is. One set that fails does not keep the others from coming.
 *
 * @throws {CaaError} not-found for an unknown name or folder; io; invalid-file for a broken record; aborted
 */
export async function downloadSources(
  options: DownloadSourcesOptions,
): Promise<readonly SourceReport[]> {
  const names = new Set((options.names ?? SET_NAMES).map(parseSetName));
  return bringSources([...names].map(sourceOf), options);
}

/** As `downloadSources`, for sources that are given. */
export async function bringSources(
  sources: readonly Source[],
  options: Omit<DownloadSourcesOptions, "names">,
): Promise<readonly SourceReport[]> {
  const { dir, from, signal } = options;
  await readRecord(dir); // a broken one is told before anything is looked for
  const where = from === undefined ? new Published(options) : await LocalCopies.find(from, signal);
  const reports: SourceReport[] = [];
  for (const source of sources) {
    throwIfAborted(signal);
    const report = await new SourceJob(source, await readRecord(dir), options).run(where);
    reports.push(report);
    // Read again: another run may have brought other sets meanwhile.
    await writeRecord(dir, recordWith(await readRecord(dir), report));
    if (report.failure?.code === "aborted") {
      throw report.failure;
    }
  }
  return reports;
}

/**
 * The files of the set as they are now; those that were kept apart before stay known, and while the set is not complete
 * all: what has no pin is compared with what it was.
 */
function recordWith(record: SourcesRecord, { set, complete, files }: SourceReport): SourcesRecord {
  const known = Object.entries(record).filter(
    ([path]) => !complete || !path.startsWith(`${set}/`) || path.startsWith(`${set}/${DIFFERS}/`),
  );
  const now = files.map(
    ({ name, sha256, size, match, reason, origin, revision }): [string, RecordEntry] => [
      `${set}/${name}`,
      { sha256, size, match, reason, origin, revision },
    ],
  );
  return Object.fromEntries([...known, ...now]);
}
