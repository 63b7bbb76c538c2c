import type { Behavior } from "../behaviors/behavior.ts";
import { judgeDirection, probeDirection } from "../behaviors/direction-probe.ts";
import { BEHAVIOR_NAMES } from "../behaviors/known-behaviors.ts";
import type { AbItem } from "../items/ab-item.ts";
import type { BehaviorFiles } from "../layout/behavior-files.ts";
import { parseBehaviorFile } from "../layout/behavior-file.ts";
import { DATA_KINDS, type DataKind } from "../layout/data-files.ts";
import type { Problem } from "../read/problem.ts";
import { type CheckedFile, checkFile } from "./check-file.ts";
import type {
  BehaviorReport,
  DirectionReport,
  FileReport,
  Leak,
  Place,
  Warning,
} from "./report.ts";

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
  const name = declared?.name ?? files.name;
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
      ...reports.flatMap(warningsOf),
      ...leaks.map(leakWarning),
    ],
  };
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

function directionWarning(
  direction: DirectionReport | null,
  declared: Behavior | null,
): readonly Warning[] {
  if (direction?.verdict !== "contradicted") {
    return [];
  }
  const { told, asNamed, opposite } = direction;
  const said = declared === null ? "as its name says" : `${declared.direction}, as declared`;
  const text = `by their texts the matching answers do not point ${said}: of ${told} pairs that can be told ${asNamed} show what the name says and ${opposite} its opposite; declare it in behavior.json ("direction"), or let caa data process do it`;
  return [{ path: null, text }];
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

function leakWarning({ kind, count }: Leak): Warning {
  const what = kind === "test-ab" ? "A/B test items ask" : "open-ended questions ask";
  const text = `${count} ${what} what a contrast pair asks too, so their scores are no test; leave them out of one of the two (for the published sets: caa data process --drop-leaks)`;
  return { path: null, text };
}

function warningsOf(report: FileReport): readonly Warning[] {
  const { path, items, kinds, matchingLetters, contradictions } = report;
  const [letter, most] = Object.entries(matchingLetters).reduce<readonly [string, number]>(
    (best, [name, n]) => (n > best[1] ? [name, n] : best),
    ["", 0],
  );
  const warnings: string[] = [];
  if (items >= FEW_PAIRS && most / items > MAX_LETTER_SHARE) {
    const share = Math.round((100 * most) / items);
    const effect = kinds.includes("generate")
      ? `a vector of them is in part the letter ${letter}`
      : "a model that always says that letter seems to show the behavior";
    warnings.push(`the matching answer is (${letter}) in ${share} % of the items: ${effect}`);
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
  return warnings.map((text) => ({ path, text }));
}
