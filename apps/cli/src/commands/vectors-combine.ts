import { relative, resolve } from "node:path";
import { orthogonalize, projectOut, type SteeringVectors, sumVectors } from "@caa/core";
import { saveSteeringVectors } from "@caa/core/files";
import { type Command, InvalidArgumentError } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { oneModelWithVectors } from "../models-with-vectors.ts";
import { loadNamedVectors, type NamedVectorsOptions } from "../named-vectors.ts";
import { collectNames } from "../options/names.ts";
import { addNamedVectorsOptions } from "../options/vectors.ts";
import { examples } from "../output/examples.ts";
import { formatVectorsTable } from "../output/vectors-table.ts";
import { refuseExisting } from "../refuse-existing.ts";
import { listVectors, vectorPath } from "../vector-files.ts";

interface Term {
  readonly behavior: string;
  readonly weight: number;
}

interface CombineOptions extends NamedVectorsOptions {
  readonly sum?: readonly Term[];
  readonly without?: readonly string[];
  readonly as: string;
  readonly overwrite?: boolean;
}

interface OrthogonalizeOptions extends NamedVectorsOptions {
  readonly suffix: string;
  readonly overwrite?: boolean;
}

/** `caa vectors combine` */
export function addVectorsCombine(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("combine")
    .description("a vector out of others: a weighted sum, less what it shares with further ones");
  addNamedVectorsOptions(command)
    .requiredOption(
      "--sum <terms...>",
      "behavior or behavior:weight, such as sycophancy refusal:-0.5",
      collectTerms,
    )
    .option("--without <names...>", "project these behaviors out of the sum", collectNames)
    .requiredOption("--as <name>", "the behavior that the result is called")
    .option("--overwrite", "replace vectors of that name")
    .action(async (options: CombineOptions) => {
      const load = async (name: string): Promise<SteeringVectors> =>
        (await loadNamedVectors(name, options, dependencies)).vectors;
      const terms = await Promise.all(
        (options.sum ?? []).map(async ({ behavior, weight }) => ({
          vectors: await load(behavior),
          weight,
        })),
      );
      const sum = sumVectors(terms, options.as);
      const others = await Promise.all((options.without ?? []).map(load));
      await save([others.length === 0 ? sum : projectOut(sum, others)], options, dependencies);
    });
  examples(
    command,
    "caa vectors combine --sum sycophancy:0.5 hallucination:0.5 --as pleasing",
    "caa vectors combine --sum sycophancy --without refusal hallucination --as sycophancy-alone",
  );
}

/** `caa vectors orthogonalize` */
export function addVectorsOrthogonalize(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("orthogonalize")
    .description(
      "vectors that share nothing: each behavior without what it has in common with those named before it",
    )
    .argument("<behaviors...>", "files, or behaviors of the folder of vectors, in this order");
  addNamedVectorsOptions(command)
    .option(
      "--suffix <text>",
      "the results are called as the behaviors, with this behind",
      "-orthogonal",
    )
    .option("--overwrite", "replace vectors of that name")
    .action(async (names: readonly string[], options: OrthogonalizeOptions) => {
      const all = await Promise.all(
        names.map(async (name) => (await loadNamedVectors(name, options, dependencies)).vectors),
      );
      // The first stays as it is, and where it is.
      const made = orthogonalize(all).slice(1);
      await save(
        made.map((vectors) =>
          vectors.scaled(() => 1, { behavior: `${vectors.behavior}${options.suffix}` }),
        ),
        options,
        dependencies,
      );
    });
  examples(command, "caa vectors orthogonalize sycophancy refusal hallucination");
}

async function save(
  made: readonly SteeringVectors[],
  options: NamedVectorsOptions & { readonly overwrite?: boolean },
  { cwd, env, stdout }: CliDependencies,
): Promise<void> {
  const dir = resolve(cwd, options.vectors);
  const model = await oneModelWithVectors(options.model, env, await listVectors(dir));
  const files = made.map((vectors) => ({
    vectors,
    path: vectorPath(dir, vectors.behavior, model, "raw"),
  }));
  const paths = files.map(({ path }) => path);
  await refuseExisting(paths, { overwrite: options.overwrite, cwd });
  for (const { path, vectors } of files) {
    await saveSteeringVectors(path, vectors);
  }
  stdout.write(
    formatVectorsTable(files.map(({ vectors, path }) => ({ vectors, file: relative(cwd, path) }))),
  );
}

function collectTerms(value: string, previous: readonly Term[] = []): readonly Term[] {
  const [, behavior, weight] = /^([^:]+?)(?::([^:]+))?$/.exec(value) ?? [];
  const number = Number(weight ?? 1);
  if (behavior === undefined || weight?.trim() === "" || !Number.isFinite(number) || number === 0) {
    throw new InvalidArgumentError(
      `Expected behavior or behavior:weight, a weight that is not 0, got ${JSON.stringify(value)}.`,
    );
  }
  return [...previous, { behavior, weight: number }];
}
