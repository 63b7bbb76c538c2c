import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import { hubCacheDirectory } from "@caa/core/hub";
import { downloadSources, type SourceReport } from "@caa/datasets";
import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { readVariable } from "../../env.ts";
import { ORIGINALS, SET_NAMES_HELP } from "../../options/originals.ts";
import { examples } from "../../output/examples.ts";
import { matchInWords } from "../../output/match.ts";
import { startProgress } from "../../output/progress.ts";
import { withResumeHint } from "../../output/resume-hint.ts";
import { formatTable } from "../../output/table.ts";

export interface DataDownloadOptions {
  readonly from?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `caa data download [names...]` */
export function addDataDownload(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("download")
    .description("fetch original data sets from where they are published, and check them")
    .argument("[names...]", SET_NAMES_HELP)
    .option("--from <dir>", "look for originals in this folder and below it; no network is used")
    .option("--out <dir>", "where they go, as raw/<set>/<file>", ORIGINALS)
    .option("--json", "what became of every file, as JSON")
    .action(async (names: readonly string[], options: DataDownloadOptions) => {
      const reports = await downloadData(names, options, dependencies);
      const { stdout, stderr } = dependencies;
      for (const { set, notes } of reports) {
        notes.forEach((note) => stderr.write(`note: ${set}: ${note}\n`));
      }
      stdout.write(options.json === true ? toJson(reports) : formatReports(reports));
      throwIfIncomplete(reports, options);
      stderr.write(
        `next: caa data process${options.out === ORIGINALS ? "" : ` --data ${options.out}`}\n`,
      );
    });
  examples(
    command,
    "caa data download",
    "caa data download sycophancy truthfulqa",
    "caa data download --from ~/CAA/datasets",
    "CAA_DATA_MIRROR=https://mirror.example/caa caa data download",
  );
  command.addHelpText(
    "after",
    `
A file that differs from what was published is kept apart, in raw/<set>/differs; it is never used.
A download that was cut goes on from where it stopped when the command is run again.

Environment:
  HF_ENDPOINT      another address of the Hugging Face hub, such as a mirror that speaks as it does
  HF_TOKEN         token of the hub, should a data set ask for one; it goes to the hub alone
  HF_HOME          where the hub's cache lies
  CAA_DATA_MIRROR  a server for everything: it has the published files as <address>/raw/<set>/<file>, as --out has them`,
  );
}

/** @throws {CaaError} as `downloadSources` */
export async function downloadData(
  names: readonly string[],
  { from, out }: DataDownloadOptions,
  dependencies: CliDependencies,
): Promise<readonly SourceReport[]> {
  const { cwd, env, signal } = dependencies;
  const progress = startProgress(dependencies, "download", "bytes");
  try {
    return await withResumeHint(
      dependencies,
      () => `What came is kept in ${out}.`,
      () =>
        downloadSources({
          dir: resolve(cwd, out),
          names: names.length === 0 ? undefined : names,
          from: from === undefined ? undefined : resolve(cwd, from),
          cacheDir: hubCacheDirectory(env),
          hubEndpoint: readVariable(env, "HF_ENDPOINT"),
          mirror: readVariable(env, "CAA_DATA_MIRROR"),
          token: readVariable(env, "HF_TOKEN"),
          signal,
          onProgress: ({ set, file, loadedBytes, totalBytes = 0 }) =>
            progress.update(loadedBytes, totalBytes, `${set}/${file}`),
        }),
    );
  } finally {
    progress.end();
  }
}

function formatReports(reports: readonly SourceReport[]): string {
  const rows = reports.flatMap(({ set, files, complete }) => [
    ...files.map(({ name, how, match, origin }) => [set, name, how, matchInWords(match), origin]),
    ...(complete || files.length > 0 ? [] : [[set, "-", "MISSING", "-", "-"]]),
  ]);
  const titles = ["set", "file", "how", "pin", "from"];
  return formatTable(
    titles.map((title) => ({ title })),
    rows,
  );
}

function toJson(reports: readonly SourceReport[]): string {
  const sets = reports.map(({ failure, ...report }) => ({
    ...report,
    failure: failure === null ? null : { code: failure.code, message: failure.message },
  }));
  return `${JSON.stringify({ sets }, null, 2)}\n`;
}

function throwIfIncomplete(reports: readonly SourceReport[], { from }: DataDownloadOptions): void {
  const failed = reports.flatMap(({ set, failure }) =>
    failure === null ? [] : [{ set, failure }],
  );
  const failures = failed.map(({ failure }) => failure);
  const [first] = failures;
  if (first === undefined) {
    return;
  }
  // The message may name a server or a repository that several sets share.
  const list = failed
    .map(({ set, failure: { message } }) =>
      message.startsWith(`${set}: `) ? `\n  ${message}` : `\n  ${set}: ${message}`,
    )
    .join("");
  const unreachable = failures.some(({ code }) => code === "download-failed");
  const way =
    unreachable && from === undefined
      ? "\nWithout this network: --from with a folder of originals, or HF_ENDPOINT or CAA_DATA_MIRROR with a mirror."
      : "";
  const message = `data download: expected ${reports.length} data sets, ${failures.length} could not be had:${list}${way}`;
  throw new CaaError(first.code, message, {
    cause: first,
    facts: { sets: reports.flatMap(({ set, complete }) => (complete ? [] : [set])) },
  });
}
