import { basename, relative } from "node:path";
import {
  type BehaviorReport,
  type FileReport,
  formatPlace,
  type Lengths,
  type Place,
} from "@caa/datasets";
import { formatTable } from "./table.ts";

/** The rest is in the JSON. */
const SHOWN = 10;

/** A report as text: a table of the files, then what should be known, then the first problems. */
export function formatBehaviorReport(report: BehaviorReport, cwd: string): string {
  const { declared, files, name, problems, warnings } = report;
  const short = (path: string): string => below(report.place, path) || basename(path);
  const at = (path: string | null, ...parts: readonly string[]): string =>
    [path === null ? "" : short(path), ...parts].filter((part) => part !== "").join(": ");
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = [
    `${name}: ${problems.length === 0 ? "valid" : count}, in ${below(cwd, report.place) || "."}`,
    declared === null
      ? "direction: not declared, no behavior.json; the matching answer is taken to show the behavior"
      : `direction: ${declared.direction}; the matching answer shows: ${declared.meaning}`,
    formatFiles(files, short).trimEnd(),
    ...files.flatMap((file) => remarksOf(file).map((remark) => at(file.path, remark))),
    ...report.leaks.map(
      ({ kind, places }) =>
        `leaks into ${kind}: ${listed(places, ({ generate, test }) => `${placeName(test)} = pair ${placeName(generate)}`)}`,
    ),
    ...warnings.map(({ path, text }) => `warning: ${at(path, text)}`),
    ...(problems.length === 0 ? [] : ["problems:"]),
    ...problems
      .slice(0, SHOWN)
      .map((problem) => `  ${at(problem.path, formatPlace(problem), problem.reason)}`),
    ...(problems.length > SHOWN ? [`  and ${problems.length - SHOWN} more; --json has all`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** A path as seen from a folder, where it lies below it. */
function below(folder: string, path: string): string {
  const from = relative(folder, path);
  return from.startsWith("..") ? path : from;
}

function formatFiles(files: readonly FileReport[], short: (path: string) => string): string {
  const columns = [
    { title: "file" },
    { title: "items", align: "right" },
    { title: "bad", align: "right" },
    { title: "matching" },
    { title: "characters: min, quartiles, max" },
    { title: "duplicates", align: "right" },
    { title: "same stem", align: "right" },
  ] as const;
  const rows = files.map((file) => [
    short(file.path),
    String(file.items),
    String(new Set(file.problems.map(({ item }) => item)).size),
    Object.entries(file.matchingLetters)
      .map(([letter, n]) => `${letter} ${n}`)
      .join(" "),
    quartiles(file.lengths),
    String(file.duplicates.length),
    String(file.repeatedStems.length),
  ]);
  return formatTable(columns, rows);
}

const quartiles = (lengths: Lengths | null): string =>
  lengths === null
    ? ""
    : [lengths.min, lengths.p25, lengths.median, lengths.p75, lengths.max].join(" / ");

/** What is said of a file only where there is something to say. */
function remarksOf(file: FileReport): readonly string[] {
  const counts: ReadonlyArray<readonly [number, string]> = [
    [file.moreThanTwoChoices, "have more than two choices"],
    [file.withoutChoicesLabel, "have choices without Choices: before them"],
    [file.withoutBlankAfterLetter, "have a choice without a blank after its letter"],
    [
      file.labels,
      "hold a label Question: or Answer:, which caa data process takes out of the published sets",
    ],
  ];
  return [
    ...file.notes,
    ...counts.flatMap(([n, what]) => (n === 0 ? [] : [`${n} items ${what}`])),
    ...repetitions("the same item twice", file.duplicates),
    ...repetitions("the same question with other choices", file.repeatedStems),
  ];
}

function repetitions(what: string, list: FileReport["duplicates"]): readonly string[] {
  const pairs = listed(list, ({ first, again }) => `${placeName(again)} = ${placeName(first)}`);
  return list.length === 0 ? [] : [`${what}: ${pairs}`];
}

function listed<T>(list: readonly T[], format: (value: T) => string): string {
  const more = list.length > SHOWN ? `, and ${list.length - SHOWN} more` : "";
  return list.slice(0, SHOWN).map(format).join(", ") + more;
}

const placeName = ({ item, line }: Place): string =>
  line === null ? String(item) : `${item} (line ${line})`;
