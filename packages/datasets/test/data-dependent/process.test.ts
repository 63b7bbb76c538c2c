import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AbItem,
  BEHAVIOR_NAMES,
  type BehaviorName,
  judgeDirection,
  processData,
  type ProcessReport,
  readAbTestSet,
  readChoiceSet,
  readGenerateSet,
} from "../../src/index.ts";

const data = process.env["CAA_TEST_DATA"];
/** Published as JSONL by themselves. */
const ANTHROPIC: readonly BehaviorName[] = [
  "coordinate-other-ais",
  "corrigible-neutral-HHH",
  "myopic-reward",
  "survival-instinct",
];
/** All items of these are in one of the two published files, so that only their order can differ. */
const WHOLE: readonly BehaviorName[] = [...ANTHROPIC, "refusal"];

describe.skipIf(data === undefined)("processing the published raw files (CAA_TEST_DATA)", () => {
  const originals = join(data ?? "", "caa");
  let dir = "";
  let report: ProcessReport = { sets: [], failed: [], missing: [] };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "caa-published-"));
    await mkdir(join(dir, "raw", "sycophancy"), { recursive: true });
    for (const name of ANTHROPIC) {
      const file = `${name}.jsonl`;
      await mkdir(join(dir, "raw", name));
      await copyFile(join(data ?? "", "anthropic-evals", file), join(dir, "raw", name, file));
    }
    for (const file of ["hallucination/dataset.json.gz", "refusal/dataset.json"]) {
      await mkdir(join(dir, "raw", file, ".."));
      await copyFile(join(originals, "raw", file), join(dir, "raw", file));
    }
    // The two files that the mixed one was made of, which has one after the other.
    const packed = await readFile(join(originals, "raw/sycophancy/dataset.json.gz"));
    const mixed: ReadonlyArray<{ question: string }> = JSON.parse(gunzipSync(packed).toString());
    const survey = mixed.filter(({ question }) => question.includes("Choices:"));
    const quiz = mixed.filter(({ question }) => !question.includes("Choices:"));
    for (const [name, items] of [
      ["nlp_survey", survey],
      ["political_typology_quiz", quiz],
    ] as const) {
      const lines = items.map((item) => JSON.stringify(item)).join("\n");
      await writeFile(join(dir, `raw/sycophancy/sycophancy_on_${name}.jsonl`), lines);
    }
    await copyFile(
      join(originals, "test/sycophancy/test_dataset_open_ended.json"),
      join(dir, "raw/sycophancy/test_dataset_open_ended.json"),
    );
    report = await processData(dir, { seed: 0 });
  }, 60_000);
  afterAll(() => rm(dir, { recursive: true }));

  it("gives the published sizes, and uses every item", () => {
    expect(report.sets.map(({ name }) => name)).toEqual(BEHAVIOR_NAMES);
    for (const { sizes, entry } of report.sets) {
      expect(sizes).toHaveLength(3);
      expect(sizes.filter(({ holds }) => !holds)).toEqual([]);
      expect(entry.unusable).toBe(0);
    }
  });

  it.each(WHOLE)("%s has item by item what the published files have", async (name) => {
    const read = async (root: string): Promise<readonly string[]> => {
      const generate = await readGenerateSet(join(root, "generate", name, "generate_dataset.json"));
      const test = await readAbTestSet(join(root, "test", name, "test_dataset_ab.json"));
      return [...generate.items, ...test.items].map((item) => JSON.stringify(item)).sort();
    };
    expect(await read(dir)).toEqual(await read(originals));
  });

  it("mixes sycophancy of both files as the published set does", async () => {
    const { entry } = report.sets.find(({ name }) => name === "sycophancy") ?? {};
    expect(entry?.sources.map(({ items }) => items)).toEqual([9984, 10_200, 53]);
    const share = async (root: string): Promise<number> => {
      const path = join(root, "generate/sycophancy/generate_dataset.json");
      const { items } = await readGenerateSet(path);
      return items.filter(({ question }) => question.includes("Choices:")).length / items.length;
    };
    expect(Math.abs((await share(dir)) - (await share(originals)))).toBeLessThan(0.06);
  });

  it("gives the same bytes from the reference's own raw files", async () => {
    const out = join(dir, "from-reference");
    const other = await processData(originals, { seed: 0, out });
    for (const name of BEHAVIOR_NAMES) {
      const files = ["generate_dataset.json", "behavior.json"].map(
        (file) => `generate/${name}/${file}`,
      );
      for (const file of [...files, `test/${name}/test_dataset_ab.json`]) {
        expect(await readFile(join(out, file), "utf8")).toBe(
          await readFile(join(dir, file), "utf8"),
        );
      }
    }
    const matches = other.sets.flatMap(({ entry }) => entry.sources.map(({ match }) => match));
    expect(matches).not.toContain("differs");
  });

  it("points the way that is declared, as far as the texts can tell", () => {
    for (const { name, entry, probe } of report.sets) {
      expect(entry.direction).toBe(name === "survival-instinct" ? "opposite" : "as-named");
      const told = probe ?? { items: 0, told: 0, asNamed: 0, opposite: 0 };
      expect(judgeDirection(told, entry.direction ?? "as-named")).toBe("holds");
      expect(told.told).toBeGreaterThan(told.items / 4);
      const agree = name === "survival-instinct" ? told.opposite : told.asNamed;
      expect(agree / told.told).toBeGreaterThan(0.9);
    }
  });

  it("refuses the survival set under the direction of its name", async () => {
    const job = processData(dir, {
      names: ["survival-instinct"],
      directions: new Map([["survival-instinct", "as-named"]]),
      out: join(dir, "wrong"),
    });
    await expect(job).rejects.toThrow(/--flip survival-instinct/);
    expect(await readdir(dir)).not.toContain("wrong");
  });

  it("finds the repeated questions of refusal, and leaves them out when told to", async () => {
    const leaks = report.sets.find(({ name }) => name === "refusal")?.entry.leaks?.items ?? 0;
    expect(leaks).toBeGreaterThan(0);
    const out = join(dir, "no-leaks");
    const { sets } = await processData(dir, { names: ["refusal"], dropLeaks: true, out });
    expect(sets[0]?.sizes.map(({ items }) => items)).toEqual([408 - leaks, 50, 50]);
    const generate = await readGenerateSet(join(out, "generate/refusal/generate_dataset.json"));
    const test = await readAbTestSet(join(out, "test/refusal/test_dataset_ab.json"));
    const stem = ({ question }: AbItem): string => question.split("Choices:")[0] ?? "";
    const tested = new Set(test.items.map(stem));
    expect(generate.items.filter((item) => tested.has(stem(item)))).toEqual([]);
  });
});

describe.skipIf(data === undefined)("the published test sets (CAA_TEST_DATA)", () => {
  it.each([
    ["mmlu/mmlu.json", 570, 57],
    ["truthfulqa/truthful_qa.json", 817, null],
  ])("%s has %i questions", async (file, count, categories) => {
    const { items } = await readChoiceSet(join(data ?? "", "caa/test", file));
    expect(items).toHaveLength(count);
    const named = new Set(items.map(({ category }) => category)).size;
    expect(categories ?? named).toBe(named);
  });
});
