import { resolve } from "node:path";
import {
  BEHAVIOR_NAMES,
  directedBehavior,
  inspectSources,
  PUBLISHED_DIRECTION,
  PUBLISHED_SIZES,
  PUBLISHED_TEST_SIZES,
  type SetName,
  type SourceState,
} from "@caa/datasets";
import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { ORIGINALS, SET_NAMES_HELP } from "../../options/originals.ts";
import { examples } from "../../output/examples.ts";
import { matchInWords } from "../../output/match.ts";
import { formatTable } from "../../output/table.ts";

export interface DataListOptions {
  readonly data: string;
  readonly json?: boolean;
}

/** `caa data list [names...]` */
export function addDataList(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("list")
    .description("say what data sets there are, where they come from and what is on disk")
    .argument("[names...]", SET_NAMES_HELP)
    .option("--data <dir>", "folder with raw/, as caa data download makes it", ORIGINALS)
    .option("--json", "as JSON, with the pins of every file")
    .action(async (names: readonly string[], options: DataListOptions) => {
      const sets = await listData(names, options, dependencies);
      dependencies.stdout.write(
        options.json === true ? `${JSON.stringify({ sets }, null, 2)}\n` : formatList(sets),
      );
    });
  examples(
    command,
    "caa data list",
    "caa data list survival-instinct mmlu",
    "caa data list --json | jq '.sets[] | {name, onDisk}'",
  );
}

/** One data set, as `--json` prints it. */
export interface ListedSet {
  readonly name: SetName;
  readonly about: string;
  /** What the matching answer shows. */
  readonly meaning: string;
  readonly license: string;
  readonly source: string;
  /** Items of the published sets that are made of it. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Groups of files, each of which alone makes the set whole. */
  readonly forms: SourceState["source"]["forms"];
  readonly onDisk: {
    readonly state: SourceState["state"];
    readonly files: ReadonlyArray<
      Pick<SourceState["files"][number], "name" | "match" | "sha256" | "size" | "reason">
    >;
  };
}

/** @throws {CaaError} as `inspectSources` */
export async function listData(
  names: readonly string[],
  { data }: DataListOptions,
  { cwd }: Pick<CliDependencies, "cwd">,
): Promise<readonly ListedSet[]> {
  const asked = names.length === 0 ? undefined : names;
  const states = await inspectSources(resolve(cwd, data), asked);
  return states.map(({ source, state, files }) => ({
    name: source.name,
    about: source.about,
    ...publishedFacts(source.name),
    license: source.license,
    source: source.homepage,
    forms: source.forms,
    onDisk: {
      state,
      files: files.map(({ name, match, sha256, size, reason }) => ({
        name,
        match,
        sha256,
        size,
        reason,
      })),
    },
  }));
}

function publishedFacts(name: SetName): Pick<ListedSet, "meaning" | "sizes"> {
  const behavior = BEHAVIOR_NAMES.find((known) => known === name);
  if (behavior !== undefined) {
    const { generate, testAb, testOpenEnded } = PUBLISHED_SIZES[behavior];
    return {
      meaning: directedBehavior(behavior, PUBLISHED_DIRECTION[behavior] ?? "as-named").meaning,
      sizes: { generate, test: testAb, openEnded: testOpenEnded },
    };
  }
  const { truthfulQa, mmlu, mmluFull } = PUBLISHED_TEST_SIZES;
  return {
    meaning: "The answer is the correct one.",
    sizes: name === "mmlu" ? { test: mmlu, full: mmluFull } : { test: truthfulQa },
  };
}

function formatList(sets: readonly ListedSet[]): string {
  const rows = sets.map(({ name, sizes, onDisk, license }) => [
    name,
    Object.values(sizes).join("/"),
    STATES[onDisk.state],
    matchOf(onDisk.files),
    license,
  ]);
  const titles = ["set", "size", "on disk", "pin", "license"];
  const table = formatTable(
    titles.map((title) => ({ title })),
    rows,
  );
  const texts = sets.map(
    ({ name, about, meaning, source }) =>
      `${name}: ${about}\n  matching: ${meaning}\n  source: ${source}\n`,
  );
  const legend =
    "size, as published: contrast pairs/A/B items/open-ended questions; mmlu 10 of each category/all";
  return `${table}${legend}\n\n${texts.join("")}`;
}

/** The weakest of the files says what the set is. */
function matchOf(files: ListedSet["onDisk"]["files"]): string {
  const weakest = (["differs", "no-pin", "same-items", "exact"] as const).find((match) =>
    files.some((file) => file.match === match),
  );
  return weakest === undefined ? "-" : matchInWords(weakest);
}

const STATES = {
  complete: "yes",
  differs: "DIFFERS",
  partial: "in part",
  missing: "no",
} as const satisfies Record<SourceState["state"], string>;
