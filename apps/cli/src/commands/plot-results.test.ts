import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCells } from "@caa/eval";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create(["kind", "plant-lover"]);
});
afterEach(() => cli[Symbol.asyncDispose]());

describe("plot results", () => {
  it("draws all behaviors in one figure, system prompts as lines, and writes tables as LaTeX", async () => {
    const line = "eval --data data --no-controls --layers 2 --multipliers -1 0 1";
    await cli.run("vectors generate --data data");
    await cli.run(`${line} --behaviors kind plant-lover`);
    const [cell] = await readCells(join(cli.cwd, "results"));
    for (const multiplier of [-1, 1]) {
      await cli.put(`results/ab/kind/pos${multiplier}.json`, {
        ...cell,
        settings: { ...cell?.settings, multiplier, system: "Be kind.", systemPrompt: "pos" },
      });
    }
    const { code, stdout, stderr } = await cli.run("plot results --latex --layer 2");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^skipped: layer sweep of .*multiplier 0/m);
    const names = stdout.split("\n").filter((name) => name.endsWith(".tex"));
    expect(names.map((name) => name.replace(/_.*/, "")).toSorted()).toEqual([
      "plots/behaviors",
      "plots/sweep",
      "plots/system-prompts",
    ]);
    const sweep = names.find((name) => name.startsWith("plots/sweep")) ?? "";
    expect(await readFile(join(cli.cwd, sweep), "utf8")).toMatch(/^kind & 2 & .*\[/m);
  }, 120_000);

  it("draws judged answers, and names the layers that were measured", async () => {
    const settings = {
      type: "open_ended",
      behavior: "kind",
      layer: 2,
      multiplier: 1,
      model: "fake/model",
      overrideWeights: null,
      dtype: "float32",
      promptStyle: "template",
      vectors: "raw",
      operation: "add",
      positions: "marker",
      system: null,
      limit: null,
      maxNewTokens: 50,
    };
    const judge = { model: "j", base_url: "https://judge", max_tokens: 9, repeats: 1 };
    await cli.put("results/open_ended_scores/kind/cell.json", {
      version: 1,
      settings,
      hashes: { model: "a".repeat(64) },
      judging: {
        judge,
        second_judge: null,
        rubric: "",
        prompt_version: 1,
        seed: 0,
        temperature: 0,
      },
      summary: {
        n: 1,
        mean: 7,
        interval: null,
        t: null,
        confidence: 0.95,
        seed: 0,
        unscored: {},
        repeats: 1,
        judge_sd: null,
        judge_standard_error: null,
      },
      second_summary: null,
      rows: [],
    });
    const { stdout } = await cli.run("plot results --type open-ended --json");
    expect(JSON.parse(stdout).files[0]).toMatch(/^plots\/scores_layer=2_behavior=kind_/);
    const [file = ""] = JSON.parse(stdout).files;
    const title = ["--title", "Judged & steered"];
    await cli.run(["plot", "results", ...title]);
    expect(await readFile(join(cli.cwd, file), "utf8")).toContain(">Judged &amp; steered<");
    const blank = await cli.run(["plot", "results", "--title", " "]);
    expect(blank).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("some text, got none"),
    });
    const other = await cli.run("plot results --layer 5");
    expect(other.stderr).toMatch(/--layer: expected a layer that was measured, got 5; there: 2/);
    expect((await cli.run("plot results --type mmlu")).code).toBe(3);
  }, 120_000);
});
