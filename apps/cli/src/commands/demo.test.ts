import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { FakeModel } from "@caa/core/testing";
import { describe, expect, it } from "vitest";
import type { OpenModel } from "../dependencies.ts";
import { type DemoOptions, runDemo } from "../demo/run-demo.ts";
import { CliHarness, type CliResult } from "../testing/harness.ts";

const SMALL: DemoOptions = {
  out: "demo",
  pairs: 4,
  items: 3,
  seeds: [1],
  questions: 1,
  maxNewTokens: 8,
};

async function demo(
  cli: CliHarness,
  overrides: Parameters<CliHarness["call"]>[1] = {},
  options = SMALL,
): Promise<CliResult> {
  return await cli.call(async (dependencies) => {
    await runDemo(options, dependencies);
    return 0;
  }, overrides);
}

/** Paths that the demo names as its files. */
function filesIn(stdout: string): readonly string[] {
  const list = stdout.slice(stdout.indexOf("\nFiles\n"));
  return [...list.matchAll(/ {2}(demo\/\S+)$/gm)].flatMap((match) => match[1] ?? []);
}

const number = /[+-]?\d+\.\d+/.source;
const change = new RegExp(
  `layer \\d: \\+1 instead of -1 moves p\\(matching\\) by ${number} \\[${number}, ${number}\\] on \\d+ items; 1 random direction`,
);

/** Far more than it takes; several such tests on one busy machine take long. */
const TIMEOUT = 120_000;

describe("the demo on a model that was named", () => {
  it(
    "stopped by Ctrl-C says what is kept; the same again does the whole job, with every file that it names",
    async () => {
      await using cli = await CliHarness.create([]);
      const abort = new AbortController();
      const openModel: OpenModel = async () => {
        const model = new FakeModel();
        const answers = model.choiceProbabilities.bind(model);
        model.choiceProbabilities = (...args) => {
          abort.abort();
          return answers(...args);
        };
        return model;
      };
      const stderr: string[] = [];
      const stopped = demo(cli, {
        openModel,
        signal: abort.signal,
        stderr: { write: (text) => stderr.push(text) },
      });
      await expect(stopped).rejects.toMatchObject({ code: "aborted" });
      expect(stderr.join("")).toContain("kept in demo. Run the same command again to go on.");

      const { stdout } = await demo(cli);
      expect(stdout).toMatch(/^This runs on fake\/model /);
      expect(stdout).not.toMatch(/planted|phantom|Negative control/i);
      expect(stdout.replaceAll(/\s+/g, " ")).toMatch(change);
      const files = filesIn(stdout);
      expect(files.length).toBeGreaterThan(10);
      for (const file of files) {
        expect((await stat(join(cli.cwd, file))).size).toBeGreaterThan(0);
      }
      expect(stdout).toContain("caa eval --type ab --model fake/model --data demo/datasets");
    },
    TIMEOUT,
  );
});

describe("the demo without a model of one's own", () => {
  it(
    "finds what is planted in the embedded model, and nothing for the control, on screen and page",
    async () => {
      const { openModel } = await import("@caa/llama");
      await using cli = await CliHarness.create([]);
      const { stdout } = await demo(
        cli,
        { env: {}, openModel },
        { ...SMALL, pairs: 10, items: 8, questions: 2 },
      );
      const flat = stdout.replaceAll(/\s+/g, " ");
      expect(flat).toMatch(
        /^This runs on phantom, a test object .* no evidence about language models\./,
      );
      expect(flat).toMatch(change);
      expect(flat).toMatch(/Planted after layer \d: found\./);
      expect(flat).toMatch(/Negative control: refusal, layer \d: /);
      expect(flat).toContain("refusal is left out: with nothing planted its vector is nearly zero");
      expect(flat).toContain("--model MODEL");
      const { effects, findings, answers } = JSON.parse(
        await readFile(join(cli.cwd, "demo/findings.json"), "utf8"),
      );
      expect(effects[0].effect.change.mean).toBeGreaterThan(0.4);
      expect(Math.abs(effects[1].effect.change.mean)).toBeLessThan(0.1);
      expect(effects[1].effect.layer).toBe(effects[0].effect.layer);
      expect(findings[0].found).toBe(true);
      expect(answers).toHaveLength(2);
      const page = await readFile(join(cli.cwd, "demo/index.html"), "utf8");
      expect(page).toContain("a test object that comes in the box");
      expect(page).toContain(findings[0].text);
      expect(page.match(/<svg /g)).toHaveLength(4);
      expect(page).not.toMatch(/<script|\bsrc=/);
    },
    TIMEOUT,
  );
});
