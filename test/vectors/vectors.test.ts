import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { norm, type SteeringVectors } from "@caa/core";
import { loadSteeringVectors } from "@caa/core/files";
import { BEHAVIOR_NAMES } from "@caa/datasets";
import { phantomFolder } from "@caa/llama/phantom";
import { openCheckpoint } from "@caa/llama/train";
import { describe, expect, test } from "vitest";

const dir = fileURLToPath(new URL("../../vectors/", import.meta.url));
const readme = await readFile(join(dir, "README.md"), "utf8");
/** Whose norms the README has: those models have to be there, whole. */
const models = [...readme.matchAll(/^### (\S+)$/gm)].map(([, model = ""]) => model);

const pathOf = (model: string, behavior: string): string =>
  join(dir, behavior, `${model}.safetensors`);

const readAll = async (model: string): Promise<ReadonlyMap<string, SteeringVectors>> =>
  new Map(
    await Promise.all(
      BEHAVIOR_NAMES.map(
        async (behavior) => [behavior, await loadSteeringVectors(pathOf(model, behavior))] as const,
      ),
    ),
  );

/** The text under a model's heading, and the cells of its table. */
function sectionOf(model: string): { text: string; table: readonly (readonly string[])[] } {
  const [, rest = ""] = readme.split(`\n### ${model}\n`);
  const [text = ""] = rest.split(/\n(?:###|<!--)/);
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  const table = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return { text, table };
}

test("every model with ready vectors has its norms in the README", async () => {
  const ignore = await readFile(join(dir, "..", ".gitignore"), "utf8");
  const committed = [...ignore.matchAll(/^!\/vectors\/\*\/(\S+)\.safetensors$/gm)]
    .map(([, model = ""]) => model)
    .filter((model) => BEHAVIOR_NAMES.some((behavior) => existsSync(pathOf(model, behavior))));
  expect(models.toSorted()).toEqual(committed.toSorted());
});

test("they are small enough for a repository", async () => {
  const paths = models.flatMap((model) => BEHAVIOR_NAMES.map((name) => pathOf(model, name)));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3e6);
});

describe.each(models)("the ready vectors of %s", (model) => {
  test("are there for every behavior and layer, as made, from 200 pairs or more", async () => {
    const { text, table } = sectionOf(model);
    for (const [behavior, { metadata, layers, dModel }] of await readAll(model)) {
      expect(layers).toEqual(Array.from({ length: table.length - 2 }, (_, layer) => layer));
      expect(metadata).toMatchObject({ behavior, modelId: model, normalization: null });
      expect(metadata.pairCount).toBeGreaterThanOrEqual(200);
      expect(text).toContain(`${behavior} ${metadata.pairCount}`);
      expect(text).toContain(`Size of a vector: ${dModel}.`);
    }
  });

  test("say nothing of where they were made", async () => {
    for (const { metadata } of (await readAll(model)).values()) {
      expect(metadata.datasetName).toMatch(/^(datasets\/|built-in:)/);
      for (const value of Object.values(metadata)) {
        expect(typeof value === "string" && isAbsolute(value)).toBe(false);
      }
    }
  });

  test("have the norms that the table says", async () => {
    const sets = await readAll(model);
    const [head = [], , ...rows] = sectionOf(model).table;
    expect(head.slice(1).toSorted()).toEqual([...BEHAVIOR_NAMES].toSorted());
    for (const [index, [layer, ...norms]] of rows.entries()) {
      const expected = head
        .slice(1)
        .map((name) => norm(sets.get(name)?.vector(index) ?? new Float32Array()).toPrecision(3));
      expect({ layer, norms }).toEqual({ layer: String(index), norms: expected });
    }
  });
});

// Every training of the phantom makes another model, so its vectors have to be made again.
test.skipIf(!models.includes("phantom"))(
  "those of phantom are of the one in the package",
  async () => {
    const { hash, config } = await openCheckpoint(phantomFolder());
    for (const { metadata, layers } of (await readAll("phantom")).values()) {
      expect(metadata.modelHash).toBe(hash);
      expect(layers).toHaveLength(config.num_hidden_layers);
    }
  },
);
