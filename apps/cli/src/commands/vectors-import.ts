import { norm } from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { oneOf } from "../options/names.ts";
import { parseWhole } from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { printable } from "../output/printable.ts";
import { formatTable } from "../output/table.ts";
import type { ImportedFile, ImportFilesOptions } from "../vectors-import/import-files.ts";

/** `caa vectors import` */
export function addVectorsImport(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("import")
    .description(
      "vectors made elsewhere: PyTorch's .pt files, control vectors of llama.cpp and repeng, safetensors; docs/vector-format.md has what each means",
    )
    .argument(
      "<paths...>",
      "files, a folder of .pt files, or a folder of such folders, one a behavior, as the original's vectors",
    )
    .option("--behavior <name>", "what they are vectors of (default: as the folder is called)")
    .option(
      "--model <model>",
      "the model that they are of: folder, GGUF file or hub id on this machine; its weights are not opened",
    )
    .option("--model-id <id>", "its name alone, where it is not on this machine")
    .option("--layer <n>", "the layer of a file that does not say it", parseWhole)
    .option(
      "--normalized",
      "they were rescaled across behaviors, as the original's normalized_vectors",
    )
    .option(
      "--dtype <dtype>",
      "for a model that is steered in blocks of 8 or 4 bits: float32, q8, q4 (default: float32)",
      oneOf("float32", "q8", "q4"),
    )
    .option("--out <dir>", "where <behavior>/<model>.safetensors goes", "vectors")
    .option("--overwrite", "replace other vectors that are there")
    .option("--json", "what was imported, as JSON")
    .action(
      async (
        paths: readonly string[],
        options: ImportFilesOptions & { readonly json?: boolean },
      ) => {
        const { importFiles } = await import("../vectors-import/import-files.ts");
        const imported = await importFiles(paths, options, dependencies);
        dependencies.stdout.write(
          options.json === true
            ? `${JSON.stringify({ vectors: imported.map(toJson) }, null, 2)}\n`
            : toText(imported),
        );
      },
    );
  examples(
    command,
    "caa vectors import CAA/vectors --model-id llama-2-7b-chat",
    "caa vectors import CAA/normalized_vectors --normalized --model-id llama-2-7b-chat",
    "caa vectors import happy.gguf --behavior happy --model ./model.gguf",
    "caa vectors import direction.pt --behavior refusal --layer 14 --model ./model",
  );
}

function toText(imported: readonly ImportedFile[]): string {
  const rows = imported.map(({ vectors, file, written }) => {
    const { behavior, layers, dModel } = vectors;
    const norms = layers.map((layer) => norm(vectors.vector(layer)));
    return [
      behavior,
      layers.length === 1 ? String(layers[0]) : `${layers[0]}-${layers.at(-1)} (${layers.length})`,
      String(dModel),
      `${Math.min(...norms).toPrecision(3)} - ${Math.max(...norms).toPrecision(3)}`,
      written ? "written" : "there already",
      file,
    ];
  });
  const titles = ["behavior", "layers", "values", "norms", "", "file"];
  // What holds for all is said once.
  const notes = new Map<string, string[]>();
  for (const { vectors, notes: own } of imported) {
    for (const note of own) {
      notes.set(note, [...(notes.get(note) ?? []), vectors.behavior]);
    }
  }
  const lines = [...notes].map(
    ([note, of]) =>
      `${of.length === imported.length ? "" : `${of.join(", ")}: `}${printable(note)}\n`,
  );
  return (
    formatTable(
      titles.map((title) => ({ title })),
      rows,
    ) + lines.join("")
  );
}

function toJson({ vectors, file, written, notes }: ImportedFile): object {
  const { behavior, layers, dModel, metadata } = vectors;
  return { behavior, model: metadata.modelId, layers, dModel, file, written, notes };
}
