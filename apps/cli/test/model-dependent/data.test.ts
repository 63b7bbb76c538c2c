import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadSteeringVectors } from "@caa/core/files";
import { findDataFile, readGenerateSet } from "@caa/datasets";
import { openModel } from "@caa/llama";
import { describe, expect, it } from "vitest";
import { CliHarness } from "../../src/testing/harness.ts";

const models = process.env["CAA_TEST_MODEL"];
const data = process.env["CAA_TEST_DATA"];
const MODEL = join(models ?? "", "SmolLM2-135M-Instruct-f32");
const DATA = join(data ?? "", "caa");
const MINUTES = 60_000;

// What a spreadsheet would write: every cell quoted, Windows line ends.
const row = (cells: readonly string[]): string =>
  cells.map((cell) => `"${cell.replaceAll('"', '""').replaceAll("\n", "\r\n")}"`).join(",");

describe.skipIf(models === undefined || data === undefined)(
  "data sets of every form on SmolLM2 (CAA_TEST_MODEL, CAA_TEST_DATA)",
  () => {
    const run = async (cli: CliHarness, line: readonly string[]) => {
      const result = await cli.run(line, { openModel, env: { CAA_MODEL: MODEL } });
      expect(result).toMatchObject({ code: 0 });
      return JSON.parse(result.stdout);
    };

    it(
      "the published sets by name, by path and as CSV give the same vectors",
      async () => {
        await using cli = await CliHarness.create([]);
        const generate = ["vectors", "generate", "--layers", "14", "--limit", "4", "--json"];
        const path = await findDataFile(DATA, "survival-instinct", "generate");
        const { items } = await readGenerateSet(path);
        const columns = ["question", "answer_matching_behavior", "answer_not_matching_behavior"];
        const lines = items
          .slice(0, 4)
          .map((item) =>
            row([item.question, item.answer_matching_behavior, item.answer_not_matching_behavior]),
          );
        await writeFile(
          join(cli.cwd, "sheet.csv"),
          `\uFEFF${[row(columns), ...lines].join("\r\n")}`,
        );
        await writeFile(join(cli.cwd, "copy.json"), await readFile(path));
        const sets = ["survival-instinct", "./copy.json", "./sheet.csv"];
        const { vectors } = await run(cli, [...generate, "--data", DATA, "--behaviors", ...sets]);
        expect(vectors).toHaveLength(3);
        const [named, copy, sheet] = await Promise.all(
          vectors.map(({ file }: { file: string }) => loadSteeringVectors(join(cli.cwd, file))),
        );
        expect(copy.vector(14)).toEqual(named.vector(14));
        expect(sheet.vector(14)).toEqual(named.vector(14));
        const evaluate = ["eval", "--layers", "14", "--multipliers", "0", "1", "--limit", "2"];
        const { runs } = await run(cli, [
          ...evaluate,
          "--json",
          "--data",
          DATA,
          "--behaviors",
          ...sets.filter((set) => set !== "./copy.json"),
        ]);
        expect(runs).toHaveLength(2);
        for (const { cells } of runs) {
          expect(cells).toHaveLength(2);
          expect(cells[0].summary.n).toBe(2);
        }
      },
      5 * MINUTES,
    );

    it(
      "all seven published and built-in behaviors, and plain pairs",
      async () => {
        await using cli = await CliHarness.create([]);
        const generate = ["vectors", "generate", "--layers", "14", "--limit", "2", "--json"];
        const evaluate = ["eval", "--layers", "14", "--multipliers", "1", "--limit", "1", "--json"];
        for (const source of [
          ["--data", DATA],
          ["--out", "own"],
        ]) {
          const { vectors } = await run(cli, [...generate, ...source]);
          expect(vectors).toHaveLength(7);
        }
        expect((await run(cli, [...evaluate, "--data", DATA])).runs).toHaveLength(7);
        const own = [...evaluate, "--vectors", "own", "--out", "own-results"];
        expect((await run(cli, own)).runs).toHaveLength(7);
        await writeFile(
          join(cli.cwd, "mood.jsonl"),
          ["sunny", "warm", "kind", "calm"]
            .map((word) => JSON.stringify({ positive: `It is ${word}`, negative: "It is bleak" }))
            .join("\n"),
        );
        await run(cli, [...generate, "--behaviors", "mood.jsonl"]);
        const { runs } = await run(cli, [...evaluate, "--behaviors", "mood.jsonl"]);
        expect(runs[0].cells[0].summary.n).toBe(1);
      },
      5 * MINUTES,
    );
  },
);
