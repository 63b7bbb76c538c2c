import { readFileLimited } from "@caa/core/files";
import type { Behavior } from "../behaviors/behavior.ts";
import { judgeDirection, probeDirection } from "../behaviors/direction-probe.ts";
import { BEHAVIOR_NAMES } from "../behaviors/known-behaviors.ts";
import type { AbItem } from "../items/ab-item.ts";
import type { BehaviorFiles } from "../layout/behavior-files.ts";
import { parseBehavior } from "../layout/behavior-file.ts";
import { DATA_KINDS, type DataKind } from "../layout/data-files.ts";
import { MAX_FILE_BYTES } from "../read/limits.ts";
import type { Problem } from "../read/problem.ts";
import { type CheckedFile, checkFile } from "./check-file.ts";
import type { BehaviorReport, DirectionReport, Leak, Place } from "./report.ts";
import { directionWarning, fileWarnings, leakWarning } from "./warnings.ts";

export interface CheckOptions {
  /** Gives the bytes of a path. @default the file system */
  readonly read?: (path: string) => Promise<Uint8Array>;
}

/**
 * Reads all files of a behavior and says what is in them and what is wrong, all of it and not only the first.
 * Texts that differ in blanks or upper case only count as the same.
 * @throws {CaaError} not-found or io when a file cannot be read
 */
export async function checkBehavior(
  files: BehaviorFiles,
  { read = readDataFile }: CheckOptions = {},
): Promise<BehaviorReport> {
  const { behaviorFile } = files;
  const declaration =
    behaviorFile === null ? null : parseBehavior(await read(behaviorFile), behaviorFile);
  const declared = declaration !== null && "behavior" in declaration ? declaration.behavior : null;
  const checked: CheckedFile[] = [];
  for (const [path, kinds] of kindsByPath(files)) {
    checked.push(checkFile(await read(path), path, kinds));
  }
  const reports = checked.map(({ report }) => report);
  const leaks = findLeaks(checked);
  const problems: readonly Problem[] = [
    ...(declaration !== null && "problems" in declaration ? declaration.problems : []),
    ...otherName(files, declared),
    ...reports.flatMap((report) => report.problems),
  ];
  const name = files.origin === "data-folder" ? files.name : (declared?.name ?? files.name);
  const pairs = checked.find(({ report }) => report.kinds.includes("generate"))?.items ?? [];
  const direction = lookAtDirection(name, pairs, declared);
  return {
    name,
    place: files.place,
    valid: problems.length === 0,
    declared,
    files: reports,
    leaks,
    direction,
    problems,
    warnings: [
      ...directionWarning(direction, declared),
      ...reports.flatMap(fileWarnings),
      ...leaks.map(leakWarning),
    ],
  };
}

const readDataFile = (path: string): Promise<Uint8Array> => readFileLimited(path, MAX_FILE_BYTES);

/** In a data folder a behavior is asked for by the name of its folder: another one in its file would go unseen. */
function otherName(
  { origin, name, behaviorFile }: BehaviorFiles,
  declared: Behavior | null,
): readonly Problem[] {
  if (origin !== "data-folder" || behaviorFile === null || declared === null) {
    return [];
  }
  const reason = `expected the name of its folder, ${name}, got ${JSON.stringify(declared.name)}`;
  const place = { path: behaviorFile, item: null, line: null, field: "name" };
  return declared.name === name ? [] : [{ code: "invalid-data", ...place, reason }];
}

function lookAtDirection(
  name: string,
  pairs: readonly AbItem[],
  declared: Behavior | null,
): DirectionReport | null {
  const known = BEHAVIOR_NAMES.find((behavior) => behavior === name);
  if (known === undefined || pairs.length === 0) {
    return null;
  }
  const probe = probeDirection(known, pairs);
  return { ...probe, verdict: judgeDirection(probe, declared?.direction ?? "as-named") };
}

/** A file may serve as pairs and as test items; it is looked at once. */
function kindsByPath({ paths }: BehaviorFiles): ReadonlyMap<string, readonly DataKind[]> {
  const found = new Map<string, readonly DataKind[]>();
  for (const kind of DATA_KINDS) {
    const path = paths[kind];
    if (path !== null) {
      found.set(path, [...(found.get(path) ?? []), kind]);
    }
  }
  return found;
}

function findLeaks(checked: readonly CheckedFile[]): readonly Leak[] {
  const generate = checked.find(({ report }) => report.kinds.includes("generate"));
  const trained = new Map<string, Place>();
  for (const [stem, place] of generate?.stems ?? []) {
    if (!trained.has(stem)) {
      trained.set(stem, place);
    }
  }
  return checked.flatMap(({ report, stems }) => {
    const [kind] = report.kinds;
    if (kind === undefined || kind === "generate") {
      return [];
    }
    const places = stems.flatMap(([stem, test]) => {
      const place = trained.get(stem);
      return place === undefined ? [] : [{ generate: place, test }];
    });
    return places.length === 0 ? [] : [{ kind, count: places.length, places }];
  });
}
