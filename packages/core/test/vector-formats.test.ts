import { readFileSync } from "node:fs";
import { importVectors, type NamedBytes } from "@caa/core/files";
import { expect, test } from "vitest";
import { z } from "zod";

// Files of other programs with how each must be read; docs/vector-format.md has the conventions.
const folder = new URL("./fixtures/vector-formats/", import.meta.url);
const numbers = z.array(z.number());
const common = {
  name: z.string(),
  format: z.enum(["torch", "gguf", "safetensors"]),
  files: z.array(z.string()).min(1),
  options: z.object({ layer: z.number().optional() }).strict(),
  convention: z.record(z.enum(["sign", "layer", "norm", "positions"]), z.string()),
};
const read = z.object({
  ...common,
  vectors: z.record(z.string(), numbers),
  changes: z.array(z.string()),
  modelHint: z.string().nullable(),
});
const refused = z.object({
  ...common,
  refused: z.object({ code: z.string(), message: z.string() }),
});
const cases = z
  .object({ read: z.array(read).min(1), refused: z.array(refused).min(1) })
  .parse(JSON.parse(readFileSync(new URL("conformance.json", folder), "utf8")));

const open = (names: readonly string[]): readonly NamedBytes[] =>
  names.map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) }));

const said = ({ options }: z.infer<typeof read | typeof refused>) => ({
  behavior: "kind",
  modelId: "org/model",
  layer: options.layer,
});

test.each(cases.read)("read: $format, $name", async (row) => {
  const { vectors, own, modelHint } = await importVectors(open(row.files), said(row));
  const got = vectors.layers.map((layer) => [String(layer), [...vectors.vector(layer)]]);
  expect(Object.fromEntries(got)).toEqual(row.vectors);
  expect({ own, modelHint }).toEqual({ own: false, modelHint: row.modelHint });
  expect(vectors.metadata).toMatchObject({
    modelHash: "unknown",
    promptStyle: "unknown",
    pairCount: 0,
    aggregation: "imported",
    provenance: { kind: "imported", format: row.format, changes: row.changes },
  });
});

test.each(cases.refused)("refused: $name", async (row) => {
  const failure = importVectors(open(row.files), said(row));
  await expect(failure).rejects.toMatchObject({ code: row.refused.code });
  await expect(failure).rejects.toThrow(row.refused.message);
  await expect(failure).rejects.toThrow(new RegExp(row.files.join("|")));
});
