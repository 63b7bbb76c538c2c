import { compareVectors, type VectorsComparison } from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { loadNamedVectors, type NamedVectorsOptions } from "../named-vectors.ts";
import { addNamedVectorsOptions } from "../options/vectors.ts";
import { examples } from "../output/examples.ts";
import { printable } from "../output/printable.ts";
import { formatTable } from "../output/table.ts";

/** `caa vectors diff` */
export function addVectorsDiff(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("diff")
    .description(
      "how two files of vectors differ: layer by layer, and in what they say of themselves",
    )
    .argument("<a>", "a file, or a behavior of the folder of vectors")
    .argument("<b>", "the same");
  addNamedVectorsOptions(command)
    .option("--json", "the same as JSON")
    .action(
      async (a: string, b: string, options: NamedVectorsOptions & { readonly json?: boolean }) => {
        const one = await loadNamedVectors(a, options, dependencies);
        const other = await loadNamedVectors(b, options, dependencies);
        const comparison = compareVectors(one.vectors, other.vectors);
        dependencies.stdout.write(
          options.json === true ? `${JSON.stringify(comparison, null, 2)}\n` : toText(comparison),
        );
      },
    );
  examples(
    command,
    "caa vectors diff sycophancy hallucination",
    "caa vectors diff vectors/refusal/a.safetensors vectors/refusal/b.safetensors",
  );
}

function toText({ layers, onlyInA, onlyInB, metadata }: VectorsComparison): string {
  const table = formatTable(
    [
      { title: "layer", align: "right" },
      { title: "cosine", align: "right" },
      { title: "norm b / a", align: "right" },
      { title: "largest difference", align: "right" },
    ],
    layers.map(({ layer, cosine, normRatio, largestDifference }) => [
      String(layer),
      cosine?.toFixed(6) ?? "-",
      normRatio?.toPrecision(6) ?? "-",
      largestDifference.toPrecision(3),
    ]),
  );
  const alone = [
    ...(onlyInA.length === 0 ? [] : [`only in a: layers ${onlyInA.join(" ")}\n`]),
    ...(onlyInB.length === 0 ? [] : [`only in b: layers ${onlyInB.join(" ")}\n`]),
  ];
  const same = layers.every(({ largestDifference }) => largestDifference === 0);
  const words =
    metadata.length === 0
      ? "their metadata is the same\n"
      : `\n${formatTable(
          [{ title: "metadata" }, { title: "a" }, { title: "b" }],
          metadata.map(({ key, a, b }) => [key, shorten(a), shorten(b)]),
        )}`;
  return `${table}${alone.join("")}${same && alone.length === 0 ? "the numbers are the same\n" : ""}${words}`;
}

const SHOWN = 48;

function shorten(value: unknown): string {
  const text = printable(typeof value === "string" ? value : JSON.stringify(value));
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text;
}
