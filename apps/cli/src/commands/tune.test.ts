import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FakeModel, type FakeModelOptions } from "@caa/core/testing";
import { tuneResultSchema } from "@caa/eval";
import { openModel } from "@caa/llama";
import { plantedDirections } from "@caa/llama/phantom";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../testing/harness.ts";

/** Questions to which one of the answers agrees, the matching one. */
const items = (topic: string, count: number): readonly object[] =>
  Array.from({ length: count }, (_, i) => {
    const [yes, no] = i % 4 < 2 ? ["A", "B"] : ["B", "A"];
    const [a, b] = yes === "A" ? ["I agree", "I differ"] : ["I differ", "I agree"];
    return {
      question: `Is ${topic} ${i} right?\n\nChoices:\n (A) ${a}\n (B) ${b}`,
      answer_matching_behavior: `(${yes})`,
      answer_not_matching_behavior: `(${no})`,
    };
  });

/** Five layers, of which the one in the middle counts most. */
const agreeing = (options: FakeModelOptions = {}): FakeModel =>
  new FakeModel({
    layerCount: 5,
    favored: ({ user }) => (user.includes("(B) I agree") ? 1 : 0),
    ...options,
  });
const openModelOf = (options: FakeModelOptions = {}) => ({
  openModel: async () => agreeing(options),
});

const LINE = "tune --data data --behaviors agree --multipliers 1 --controls 3";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create([]);
  await cli.put("data/generate/agree/generate_dataset.json", items("pair", 40));
  await cli.put("data/test/agree/test_dataset_ab.json", items("claim", 16));
  await cli.run("vectors generate --data data --behaviors agree", openModelOf());
});
afterEach(() => cli[Symbol.asyncDispose]());

describe("tune", () => {
  it("recommends a plan, says why, what was not checked and what to do next", async () => {
    const { code, stdout, stderr } = await cli.run(LINE, openModelOf());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^layer +halves +shuffled, at most +norm .*reliable$/m);
    expect(stdout).toContain("8 items to choose on, 8 kept back (seed 0)");
    expect(stdout).toMatch(/^layer +x 1 +dose$/m);
    expect(stdout).toMatch(/^ +2 +1 +\+0\.\d{3} +0\.\d+ +0\.900 .* passed$/m);
    expect(stdout).toContain("in this order; n: letter mass 8, KL 24, perplexity 24\n");
    expect(stdout).toMatch(/^recommended: agree:2:1$/m);
    expect(stdout).toMatch(/^why: the largest gain .* at layer 2 x 1$/m);
    expect(stdout).toMatch(
      /kept back p\(matching\) moves by \+0\.\d{3} \[\+0\.\d{3}, \+0\.\d{3}\]/,
    );
    expect(stdout).toContain("of 3 random directions of the same length");
    expect(stderr).toContain(
      "agree: not checked: MMLU drop: no MMLU items; caa data download mmlu",
    );
    expect(stderr).toContain("not checked: repetition: no open-ended questions");
    expect(stderr).toContain("next: caa generate --steer agree:2:1");
    const files = await readdir(join(cli.cwd, "results/tune/agree"));
    expect(files.map((file) => file.replace(/^.*\./, "")).sort()).toEqual([
      "cells",
      "csv",
      "json",
      "png",
      "svg",
    ]);
    const json = files.find((file) => file.endsWith(".json")) ?? "";
    const result = tuneResultSchema.parse(
      JSON.parse(await readFile(join(cli.cwd, "results/tune/agree", json), "utf8")),
    );
    expect(result.chosen?.plan).toBe("agree:2:1");
    const again = await cli.run(`${LINE} --json`, openModelOf());
    const { files: written, ...same } = JSON.parse(again.stdout).tunings[0];
    expect(tuneResultSchema.parse(same)).toEqual(result);
    expect(written[0]).toBe(join("results/tune/agree", json));
    expect((await cli.run("results list")).code).toBe(3); // its cells are no results of caa eval
  });

  it("ends with code 4 where nothing is recommended, says why, and writes that down", async () => {
    const { code, stdout, stderr } = await cli.run(
      `${LINE} --max-divergence 0.0001`,
      openModelOf(),
    );
    expect(code).toBe(4);
    expect(stdout).toMatch(/^no layer and multiplier is recommended for agree:$/m);
    expect(stdout).toMatch(/^ {2}none of the \d best cells passes the guard$/m);
    expect(stdout).toMatch(/^rejected: layer 2 x 1: KL 0\.\d{3}, at most 0\.0001 allowed$/m);
    expect(stderr).not.toMatch(/error|next:/);
    const unmoved = await cli.run(`${LINE} --out elsewhere --min-gain 0.9 --json`, openModelOf());
    expect(unmoved.code).toBe(4);
    expect(JSON.parse(unmoved.stdout).tunings[0].refusals).toEqual(["no-gain"]);
    expect(existsSync(join(cli.cwd, "elsewhere/tune/agree"))).toBe(true);
  });

  it("stopped by Ctrl-C goes on where it was", async () => {
    const controller = new AbortController();
    const stopping = agreeing({
      delay: async () => {
        if (stopping.promptsHandled === 6) {
          controller.abort();
        }
      },
    });
    const stopped = await cli.run(LINE, {
      openModel: async () => stopping,
      signal: controller.signal,
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/kept in results\/tune\. Run the same command again/);
    const [whole, rest] = [agreeing(), agreeing()];
    const resumed = await cli.run(`${LINE} --json`, { openModel: async () => rest });
    const other = await cli.run(`${LINE} --json --out elsewhere`, { openModel: async () => whole });
    expect(rest.promptsHandled).toBe(whole.promptsHandled - 5);
    const resultOf = (stdout: string): object => {
      const { files: _files, ...result } = JSON.parse(stdout).tunings[0];
      return result;
    };
    expect(resultOf(resumed.stdout)).toEqual(resultOf(other.stdout));
  });

  it("leaves out test items that the vectors' pairs ask, and says when it cannot tell", async () => {
    const repeated = [...items("claim", 12), ...items("pair", 4)];
    await cli.put("data/test/agree/test_dataset_ab.json", repeated);
    const told = await cli.run(LINE, openModelOf());
    expect(told.stdout).toContain("6 items to choose on, 6 kept back");
    expect(told.stderr).toContain(
      "agree: 4 test items ask what a contrast pair of the vectors asks",
    );
    await cli.put("data/generate/agree/generate_dataset.json", items("other", 40));
    const { stdout, stderr } = await cli.run(`${LINE} --out elsewhere`, openModelOf());
    expect(stdout).toContain("8 items to choose on, 8 kept back");
    expect(stderr).toContain(
      "not checked: whether test items ask what the vectors' contrast pairs",
    );
  });

  it("without names takes the behaviors that have vectors", async () => {
    await cli.put("data/test/other/test_dataset_ab.json", items("claim", 16));
    const { code, stderr } = await cli.run(LINE.replace("--behaviors agree ", ""), openModelOf());
    expect([code, stderr]).toEqual([0, expect.stringContaining("no vectors of other")]);
  });

  it("refuses a multiplier of 0, and a file of harmless questions that is not there", async () => {
    const zero = await cli.run(LINE.replace("1", "0 1"), openModelOf());
    expect([zero.code, zero.stderr]).toEqual([
      2,
      expect.stringContaining("expected multipliers other"),
    ]);
    const harmless = await cli.run(`${LINE} --harmless none.json`, openModelOf());
    expect([harmless.code, harmless.stderr]).toEqual([2, expect.stringContaining("none.json")]);
  });
});

const built = existsSync(
  fileURLToPath(new URL("../../../../packages/llama/dist/worker.js", import.meta.url)),
);

it.skipIf(!built)(
  "on the embedded model finds the planted layer and refuses the negative control",
  async () => {
    const { layer, directions, controls } = await plantedDirections();
    const planted = directions.map(({ behavior }) => behavior);
    const [control = ""] = controls;
    const vectors = fileURLToPath(new URL("../../../../vectors", import.meta.url));
    // Two of the six, since each takes seconds; the controls are fewer than the default for the same reason.
    const behaviors = [...planted.slice(-2), control];
    const { code, stdout } = await cli.run(
      ["tune", "--model", "phantom", "--vectors", vectors, "--behaviors", ...behaviors].concat(
        "--multipliers 1 2 --controls 3 --max-new-tokens 10 --json".split(" "),
      ),
      { openModel, env: {} },
    );
    expect(code).toBe(4);
    const { tunings } = JSON.parse(stdout);
    expect(tunings).toHaveLength(3);
    for (const found of tunings.slice(0, 2)) {
      expect(found).toMatchObject({ refusals: [], chosen: { layer } });
      expect(found.report.gain.bootstrap.low).toBeGreaterThan(0.2);
    }
    expect(tunings[2].settings.behavior).toBe(control);
    expect(tunings[2].refusals).not.toEqual([]);
  },
);
