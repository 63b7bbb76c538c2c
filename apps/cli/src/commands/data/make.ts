import { relative, resolve } from "node:path";
import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { parseWhole } from "../../options/numbers.ts";
import { examples } from "../../output/examples.ts";
import { formatTable } from "../../output/table.ts";

interface DataMakeOptions {
  readonly out: string;
  readonly seed?: number;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** `caa data make` */
export function addDataMake(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("make")
    .description(
      "write our own data sets, made by a grammar: for a quick start and small test models, not the published sets",
    )
    .option("--out <dir>", "where generate/, test/ and README.md go", "datasets")
    .option(
      "--seed <n>",
      "another seed gives other questions (default: that of the sets in the box)",
      parseWhole,
    )
    .option("--overwrite", "replace other files of these names")
    .option("--json", "what was made, as JSON")
    .action((options: DataMakeOptions) => makeData(options, dependencies));
  examples(command, "caa data make", "caa data make --out datasets/other --seed 7");
}

async function makeData(options: DataMakeOptions, dependencies: CliDependencies): Promise<void> {
  const { writeBuiltInSets } = await import("@caa/datasets");
  const { cwd, stdout, stderr } = dependencies;
  const { overwrite = false, seed } = options;
  const out = resolve(cwd, options.out);
  const { files, written } = await writeBuiltInSets(out, {
    overwrite,
    ...(seed === undefined ? {} : { seed }),
  });
  const shown = relative(cwd, out) || ".";
  const sets = files.flatMap(({ file, size }) =>
    size === null ? [] : [{ file: `${shown}/${file}`, items: size.items }],
  );
  if (!written) {
    stderr.write(`${shown}: the same files are there already\n`);
  }
  stdout.write(
    options.json === true
      ? `${JSON.stringify({ folder: shown, written, sets }, null, 2)}\n`
      : formatTable(
          [{ title: "items", align: "right" }, { title: "file" }],
          sets.map(({ file, items }) => [String(items), file]),
        ),
  );
}
