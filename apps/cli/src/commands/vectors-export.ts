import { join, relative, resolve } from "node:path";
import { exportVectors, type VectorFormat, writeFileAtomic } from "@caa/core/files";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { loadNamedVectors, type NamedVectorsOptions } from "../named-vectors.ts";
import { oneOf } from "../options/names.ts";
import { collectLayers } from "../options/numbers.ts";
import { addNamedVectorsOptions } from "../options/vectors.ts";
import { examples } from "../output/examples.ts";
import { refuseExisting } from "../refuse-existing.ts";
import { behaviorFolder } from "../vector-files.ts";

interface ExportOptions extends NamedVectorsOptions {
  readonly behavior: string;
  readonly format: "pt" | "gguf" | "safetensors";
  readonly layers?: readonly number[];
  readonly out: string;
  readonly overwrite?: boolean;
}

const formats = {
  pt: "torch",
  gguf: "gguf",
  safetensors: "safetensors",
} as const satisfies Readonly<Record<ExportOptions["format"], VectorFormat>>;

/** `caa vectors export` */
export function addVectorsExport(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("export")
    .description(
      "vectors for other programs: PyTorch's .pt files, a control vector for llama.cpp and repeng, safetensors",
    )
    .requiredOption("--behavior <name>", "a behavior of the folder of vectors, or a file");
  addNamedVectorsOptions(command)
    .requiredOption(
      "--format <format>",
      "pt: one file a layer, named as the original's; gguf: a control vector; safetensors: ours",
      oneOf("pt", "gguf", "safetensors"),
    )
    .option("--layers <layers...>", "such as 14 or 10-20 (default: all)", collectLayers)
    .requiredOption("--out <dir>", "the files go to <dir>/<behavior>")
    .option("--overwrite", "replace files that are there")
    .action((options: ExportOptions) => exportFiles(options, dependencies));
  examples(
    command,
    "caa vectors export --behavior sycophancy --format pt --out exported",
    "caa vectors export --behavior sycophancy --format gguf --layers 14 --out exported",
  );
}

/** @throws {CaaError} as `exportVectors` and `loadNamedVectors`; invalid-argument where a file is there already */
async function exportFiles(options: ExportOptions, dependencies: CliDependencies): Promise<void> {
  const { cwd, stdout, stderr } = dependencies;
  const { vectors } = await loadNamedVectors(options.behavior, options, dependencies);
  const { files, left } = exportVectors(vectors, {
    format: formats[options.format],
    layers: options.layers,
  });
  const folder = resolve(cwd, options.out, behaviorFolder(vectors.behavior));
  const paths = files.map(({ name }) => join(folder, name));
  await refuseExisting(paths, { overwrite: options.overwrite, cwd });
  for (const { name, bytes } of files) {
    await writeFileAtomic(join(folder, name), bytes);
    stdout.write(`${relative(cwd, join(folder, name))}\n`);
  }
  for (const what of left) {
    stderr.write(`left out: ${what}\n`);
  }
  if (options.format === "gguf" && vectors.layers.length > 1 && options.layers?.length !== 1) {
    stderr.write(
      "note: llama.cpp adds all layers of a control vector at once; --layers 14 exports one, or its --control-vector-layer-range 14 14 takes one\n",
    );
  }
}
