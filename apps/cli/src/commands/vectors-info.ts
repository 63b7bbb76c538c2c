import { relative } from "node:path";
import { norm, type VectorProvenance } from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { loadNamedVectors, type NamedVectorsOptions, type VectorsFile } from "../named-vectors.ts";
import { addNamedVectorsOptions } from "../options/vectors.ts";
import { examples } from "../output/examples.ts";
import { printable } from "../output/printable.ts";
import { formatTable } from "../output/table.ts";
import { layerFigures } from "../output/vectors-table.ts";

/** `caa vectors info` */
export function addVectorsInfo(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("info")
    .description("what a file of vectors says of itself, and its figures layer by layer")
    .argument("<vectors>", "a file, or a behavior of the folder of vectors");
  addNamedVectorsOptions(command)
    .option("--json", "the same as JSON")
    .action(async (name: string, options: NamedVectorsOptions & { readonly json?: boolean }) => {
      const file = await loadNamedVectors(name, options, dependencies);
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify(toJson(file), null, 2)}\n`
          : toText(file, dependencies.cwd),
      );
    });
  examples(
    command,
    "caa vectors info sycophancy",
    "caa vectors info vectors/normalized/refusal/llama-2-7b-chat.safetensors --json",
  );
}

function toText({ path, vectors }: VectorsFile, cwd: string): string {
  const { metadata } = vectors;
  const facts: ReadonlyArray<readonly [string, string]> = [
    ["file", relative(cwd, path)],
    ["behavior", metadata.behavior],
    ["model", `${metadata.modelId} (${metadata.modelHash.slice(0, 12)})`],
    [
      "architecture",
      `${metadata.architecture ?? "unknown"}, ${metadata.layerCount ?? "unknown number of"} layers, d_model ${vectors.dModel}`,
    ],
    ["weights held as", metadata.dtype],
    ["prompt style", metadata.promptStyle],
    [
      "system prompt",
      metadata.system === null ? "none" : printable(JSON.stringify(metadata.system)),
    ],
    ["read at", `${metadata.hookPoint}, ${metadata.readPosition}`],
    [
      "made by",
      metadata.aggregation === "mean-difference"
        ? `mean difference of ${metadata.pairCount} pairs`
        : metadata.aggregation,
    ],
    ["pairs from", `${metadata.datasetName} (${metadata.datasetHash.slice(0, 12)})`],
    [
      "normalized",
      metadata.normalization === null
        ? "no"
        : `over ${metadata.normalization.behaviors.join(", ")}`,
    ],
    ["content hash", metadata.contentHash ?? "none"],
    [
      "kept beside",
      `${vectors.halves === null ? "no halves" : "two halves"}, ${vectors.shuffles.length} label shuffles`,
    ],
  ];
  const table = formatTable(
    [{ title: "" }, { title: "" }],
    facts.map((fact) => [...fact]),
  );
  const layers = formatTable(
    [
      { title: "layer", align: "right" },
      { title: "norm", align: "right" },
      { title: "halves", align: "right" },
      { title: "largest value", align: "right" },
    ],
    vectors.layers.map((layer) => {
      const figures = layerFigures(vectors, layer);
      const largest = vectors.vector(layer).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      return [
        String(layer),
        figures.norm.toPrecision(4),
        figures.splitHalfCosine?.toFixed(3) ?? "-",
        largest.toPrecision(3),
      ];
    }),
  );
  const story = describeProvenance(metadata.provenance).map((line) => `${line}\n`);
  return `${table}${story.join("")}\n${layers}norm: length of the vector; halves: cosine between the vectors of the two halves of the pairs\n`;
}

/** One line a step, the last step first, what it was made of indented below. */
export function describeProvenance(
  provenance: VectorProvenance | null,
  indent = "",
): readonly string[] {
  if (provenance === null) {
    return [];
  }
  if (provenance.kind === "imported") {
    const [first, ...others] = provenance.sources.map(
      ({ name, sha256 }) => `${name} (${sha256.slice(0, 12)})`,
    );
    const more = others.length === 0 ? "" : ` and ${others.length} more files`;
    return [
      `${indent}imported from ${provenance.format}: ${first ?? ""}${more}`,
      ...provenance.changes.map((change) => `${indent}  ${change}`),
    ];
  }
  return [
    `${indent}combined: ${provenance.formula}`,
    ...provenance.inputs.flatMap(({ behavior, modelId, contentHash, provenance: earlier }) => [
      `${indent}  ${behavior} of ${modelId} (${contentHash?.slice(0, 12) ?? "not saved"})`,
      ...describeProvenance(earlier, `${indent}    `),
    ]),
  ];
}

function toJson({ path, vectors }: VectorsFile): object {
  return {
    file: path,
    metadata: vectors.metadata,
    dModel: vectors.dModel,
    hasHalves: vectors.halves !== null,
    shuffleCount: vectors.shuffles.length,
    layers: vectors.layers.map((layer) => ({
      ...layerFigures(vectors, layer),
      norm: norm(vectors.vector(layer)),
    })),
  };
}
