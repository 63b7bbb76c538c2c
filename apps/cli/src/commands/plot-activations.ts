import { basename, resolve } from "node:path";
import { CaaError, throwIfAborted } from "@caa/core";
import type { Command } from "commander";
import { ActivationsReader } from "../activations-reader.ts";
import type { CliDependencies } from "../dependencies.ts";
import { collectNames } from "../options/names.ts";
import { collectLayers } from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { startProgress } from "../output/progress.ts";
import { writePlot } from "../output/write-plots.ts";
import { activationsPath, isFile, listVectors, vectorPath } from "../vector-files.ts";

export interface PlotActivationsOptions {
  readonly vectors: string;
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  readonly layers?: readonly number[];
  readonly out: string;
  readonly json?: boolean;
}

/** `caa plot activations` */
export function addPlotActivations(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("activations")
    .description(
      "draw the activations of contrast pairs, a picture per layer: two principal components, the answer as color, its letter as marker; SVG, PNG and the figures as CSV",
    )
    .argument("[files...]", "files of activations (default: all in the folder of vectors)")
    .option("--vectors <dir>", "folder of vectors, which has the activations too", "vectors")
    .option("--behaviors <names...>", "only these behaviors (default: all)", collectNames)
    .option(
      "--models <names...>",
      "only these models, as their files are named (default: all)",
      collectNames,
    )
    .option("--layers <layers...>", "only these layers, such as 0-29 (default: all)", collectLayers)
    .option("--out <dir>", "where plots go", "plots")
    .option("--json", "what was written, as JSON")
    .action(async (paths: readonly string[], options: PlotActivationsOptions) => {
      const files = await drawActivations(paths, options, dependencies);
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify({ files }, null, 2)}\n`
          : files.map((file) => `${file}\n`).join(""),
      );
    });
  examples(
    command,
    "caa vectors generate --model llama-2-7b-chat --behaviors sycophancy --save-activations",
    "caa plot activations --behaviors sycophancy --layers 10-20",
    "caa plot activations vectors/sycophancy/a.activations.safetensors --layers 13",
  );
}

/**
 * Draws the activations of every file and layer that was asked for; gives what was written, relative to the working
 * folder.
 * @throws {CaaError} empty-selection without activations; not-found for a layer that a file does not have; invalid-file
 */
export async function drawActivations(
  paths: readonly string[],
  options: PlotActivationsOptions,
  dependencies: CliDependencies,
): Promise<readonly string[]> {
  const { plotActivations } = await import("@caa/eval/plots");
  const { cwd, signal } = dependencies;
  const found = paths.length > 0 ? paths : await findAll(options, cwd);
  const written: string[] = [];
  for (const path of found) {
    await using file = await ActivationsReader.open(resolve(cwd, path));
    const layers = options.layers ?? file.layers;
    const progress = startProgress(dependencies, file.behavior, "layers");
    try {
      for (const [index, layer] of layers.entries()) {
        throwIfAborted(signal);
        progress.update(index, layers.length);
        const plot = await plotActivations({
          behavior: file.behavior,
          model: basename(path, ".activations.safetensors"),
          layer,
          letters: file.letters,
          ...(await file.read(layer)),
        });
        written.push(...(await writePlot(plot, options, dependencies)));
      }
    } finally {
      progress.end();
    }
  }
  return written;
}

async function findAll(options: PlotActivationsOptions, cwd: string): Promise<readonly string[]> {
  const { behaviors, models } = options;
  const dir = resolve(cwd, options.vectors);
  const found: string[] = [];
  for (const [behavior, names] of await listVectors(dir)) {
    for (const model of names) {
      const path = activationsPath(vectorPath(dir, behavior, model, "raw"));
      const asked = (behaviors?.includes(behavior) ?? true) && (models?.includes(model) ?? true);
      if (asked && (await isFile(path))) {
        found.push(path);
      }
    }
  }
  if (found.length === 0) {
    const message = `${options.vectors}: expected activations that fit, got none. Make them: caa vectors generate --model M --data DIR --save-activations`;
    throw new CaaError("empty-selection", message);
  }
  return found;
}
