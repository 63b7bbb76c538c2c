import type { BehaviorFiles } from "../layout/behavior-files.ts";
import { parseBehaviorFile } from "../layout/behavior-file.ts";
import { DATA_KINDS, type DataKind } from "../layout/data-files.ts";
import type { Problem } from "../read/problem.ts";
import { type CheckedFile, checkFile } from "./check-file.ts";
import type { BehaviorReport, FileReport, Leak, Place } from "./report.ts";

/** Beyond this share of one letter a vector holds a good part of that letter beside the behavior. */
const MAX_LETTER_SHARE = 0.6;

/** Fewer pairs than this make a vector of chance. */
const FEW_PAIRS = 20;

/**
 * Reads all files of a behavior and says what is in them and what is wrong, all of it and not only the first.
 * Texts that differ in blanks or upper case only count as the same.
 * @throws {CaaError} not-found or io when a file cannot be read
 */
export async function checkBehavior(files: BehaviorFiles): Promise<BehaviorReport> {
  const declaration =
    files.behaviorFile === null ? null : await parseBehaviorFile(files.behaviorFile);
  const declared = declaration !== null && "behavior" in declaration ? declaration.behavior : null;
  const checked: CheckedFile[] = [];
  for (const [path, kinds] of kindsByPath(files)) {
    checked.push(await checkFile(path, kinds));
  }
  const reports = checked.map(({ report }) => report);
  const leaks = findLeaks(checked);
  const problems: readonly Problem[] = [
    ...(declaration !== null && "problems" in declaration ? declaration.problems : []),
    ...reports.flatMap((report) => report.problems),
  ];
  return {
    name: declared?.name ?? files.name,
    place: files.place,
    valid: problems.length === 0,
    declared,
    files: reports,
    leaks,
    problems,
    warnings: [...reports.flatMap(warningsOf), ...leaks.map(leakWarning)],
  };
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

function leakWarning({ kind, count }: Leak): string {
  const what = kind === "test-ab" ? "A/B test items ask" : "open-ended questions ask";
  return `${count} ${what} what a contrast pair asks too, so their scores are no test; caa data process --drop-leaks leaves them out`;
}

function warningsOf(report: FileReport): readonly string[] {
  const { path, items, kinds, matchingLetters, contradictions } = report;
  const [letter, most] = Object.entries(matchingLetters).reduce<readonly [string, number]>(
    (best, [name, n]) => (n > best[1] ? [name, n] : best),
    ["", 0],
  );
  const warnings: string[] = [];
  if (items >= FEW_PAIRS && most / items > MAX_LETTER_SHARE) {
    const share = Math.round((100 * most) / items);
    warnings.push(
      `the matching answer is (${letter}) in ${share} % of the items: a vector of them is in part the letter ${letter}`,
    );
  }
  if (kinds.includes("generate") && items > 0 && items < FEW_PAIRS) {
    warnings.push(`only ${items} contrast pairs: a vector of so few is mostly chance`);
  }
  if (kinds.includes("generate") && kinds.includes("test-ab")) {
    warnings.push(
      "the same file serves as contrast pairs and as test items: hold some out for a test, in a folder with generate.json and test.json",
    );
  }
  if (contradictions.length > 0) {
    warnings.push(
      `${contradictions.length} items come twice with the other answer as the matching one`,
    );
  }
  return warnings.map((warning) => `${path}: ${warning}`);
}
