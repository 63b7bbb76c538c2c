import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BEHAVIOR_NAMES, writeBuiltInSets } from "@caa/datasets";
import { openModel } from "@caa/llama";
import { startMockJudge } from "@caa/scoring/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliHarness, type CliResult } from "../../../cli/src/testing/harness.ts";
import { choiceItems } from "../../../cli/test/original-commands/prepare-folder.ts";
import { runReproduce } from "../program.ts";
import { exitCodeOf } from "./reproduce.ts";

/** Far more than it takes; a busy machine takes long. */
const TIMEOUT = 300_000;

let cli: CliHarness;
let judge: Awaited<ReturnType<typeof startMockJudge>>;
const home = process.cwd();
beforeAll(async () => {
  cli = await CliHarness.create([]);
  process.chdir(cli.cwd); // fine-tuned models are found from there
  await writeBuiltInSets(join(cli.cwd, "data"));
  await cli.put("data/test/mmlu/mmlu.json", choiceItems(["rivers", "sums"]));
  judge = await startMockJudge();
});
afterAll(async () => {
  process.chdir(home);
  await judge[Symbol.asyncDispose]();
  await cli[Symbol.asyncDispose]();
});

const run = (line: string): Promise<CliResult> =>
  cli.call((dependencies) => runReproduce(line.split(" "), dependencies), { openModel, env: {} });
const read = (path: string): Promise<string> => readFile(join(cli.cwd, path), "utf8");

describe("the published runs on the embedded model", () => {
  const line =
    "--model phantom --layer 5 --data data --out trial --limit 2 --threads 1 --behaviors sycophancy";

  it(
    "are measured, compared without a verdict and written; again, nothing is measured twice",
    async () => {
      const tests = "--tests ab --tests open_ended --tests mmlu --fine-tuning";
      const judged = `--judge mock --base-url ${judge.baseUrl}`;
      const first = await run(`${line} ${tests} ${judged}`);
      expect(first).toMatchObject({ code: 0 });
      expect(first.stderr).toContain("published bands do not apply: the published figures are of");
      // A/B 5 and twice 3, MMLU 5, open-ended 7, and two models with 3 of A/B and 3 of open-ended each.
      expect(first.stdout).toBe(
        "0 of 35 published figures are met within their band, 0 are not, 35 without a band (the published figures are of another model).\n",
      );
      const csv = await read("trial/comparison.csv");
      expect(csv.split("\n")).toHaveLength(1 + 35 + 1);
      expect(csv).toMatch(/^ab,sycophancy,,,0,69.49\d*,0,\d+\.\d+,2,-?\d+\.\d+,,no band,/m);
      expect(csv).toMatch(/^ab,sycophancy,,neg,1,32,0.5,\d/m);
      expect(csv).toMatch(/^open_ended,sycophancy,,pos,1,0,0.005,5,2,5,,no band,/m);
      expect(await read("trial/comparison.md")).toContain("| sycophancy | -0.5 | 61.85 |");
      expect((await read("trial/comparison.svg")).match(/<circle /g)).toHaveLength(35 + 3);

      const asked = judge.requests.length;
      const again = await run(`${line} ${tests} ${judged}`);
      expect(again).toMatchObject({ code: 0, stdout: first.stdout });
      expect(again.stderr).toContain("there already");
      expect(again.stderr).not.toContain("caa finetune");
      expect(judge.requests).toHaveLength(asked);
      expect(await read("trial/comparison.csv")).toBe(csv);
    },
    TIMEOUT,
  );

  it(
    "says what was not judged, and that not all is compared",
    async () => {
      const { code, stdout } = await run(`${line} --tests open_ended`);
      expect(code).toBe(5);
      expect(stdout).toMatch(/^0 of 7 .* 7 not measured \(not judged\)\.$/m);
    },
    TIMEOUT,
  );

  it(
    "steers with the original's own vectors where they are given",
    async () => {
      const fixture = new URL("../../test/fixtures/phantom.pt", import.meta.url);
      for (const behavior of BEHAVIOR_NAMES) {
        await mkdir(join("original", behavior), { recursive: true });
        const file = "vec_layer_5_Llama-2-7b-chat-hf.pt";
        await copyFile(fileURLToPath(fixture), join("original", behavior, file));
      }
      const { code, stderr } = await run(
        `${line.replace("trial", "own")} --tests mmlu --original-vectors original`,
      );
      expect(code).toBe(0);
      expect(stderr).not.toContain("vectors generate");
      expect(stderr).toContain("own/vectors/normalized/sycophancy/caa-original.safetensors");
    },
    TIMEOUT,
  );

  it(
    "go on where a test fails, and end with its exit code",
    async () => {
      const { code, stdout, stderr } = await run(`${line} --tests truthful_qa mmlu`);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /error: caa eval --type truthful_qa .*: ended with exit code 2; going/,
      );
      expect(stdout).toMatch(
        /^0 of 8 .* 5 without a band, 3 not measured \(.*caa eval ended with exit code 2\)\.$/m,
      );
      expect(await read("trial/comparison.csv")).toMatch(
        /^truthful_qa,sycophancy,,,1,49,0.5,,,,,not measured,caa eval ended with exit code 2$/m,
      );
      expect((await run("--model phantom --data data")).stderr).toMatch(/--layer: expected one/);
    },
    TIMEOUT,
  );
});

describe("a dry run", () => {
  it.each([
    ["meta-llama/Llama-2-7b-chat-hf", "13", 164],
    ["llama-2-13b-chat", "14", 136],
  ])("lists what %s takes, and runs nothing", async (model, layer, figures) => {
    const { code, stdout } = await run(`--model ${model} --data CAA --judge gpt-4 --dry-run`);
    expect(code).toBe(0);
    const evals = stdout.match(/^caa eval .*$/gm) ?? [];
    expect(evals).toHaveLength(6);
    for (const one of evals) {
      expect(one).toContain(` --model ${model} --data CAA `);
      expect(one).toContain(` --layers ${layer} `);
      expect(one).toContain(" --prompt-style llama2-chat --system-position before");
    }
    expect(stdout).toContain("    # 4911 contrast pairs\n");
    expect(stdout).not.toContain("caa score");
    expect(stdout).toContain(`${figures} published figures, 8 commands; `);
    expect(stdout).toContain("open-ended answers will not be judged"); // no key
    expect(stdout).not.toContain("fine-tuned");
    expect(stdout).not.toContain("do not apply");
  });

  it("says what fine-tuned models take on the disk", async () => {
    const line =
      "--model llama-2-7b-chat --data CAA --fine-tuning --judge m --base-url http://x/v1";
    const { stdout } = await run(`${line} --dry-run`);
    // Both directions of six behaviors have A/B and judged figures, those of refusal A/B alone.
    expect(stdout).toContain("242 published figures, 49 commands; ");
    expect(stdout).toContain("14 fine-tuned models are written: 27 GB each, 378 GB in all");
    expect(stdout).not.toContain("not be judged");
  });

  it("says where bands do not apply", async () => {
    const model = "--model llama-2-7b-chat --dry-run";
    for (const [options, reason] of [
      ["--data data", /data has other items than nrimsky\/CAA: generate of .* more sets/],
      ["--data CAA --limit 3", /only the first 3 items/],
      ["--data CAA --layer 12", /the published layer is 13/],
      ["--data CAA --dtype q8", /rounded to blocks/],
    ] as const) {
      expect((await run(`${model} ${options}`)).stdout).toMatch(reason);
    }
  });
});

it("the exit code tells whether all is inside", () => {
  const cell = { verdict: "inside" } as const;
  const codes = (verdicts: readonly ("inside" | "outside" | "no band" | "not measured")[]) =>
    [true, false].map((published) =>
      exitCodeOf(
        verdicts.map((verdict) => ({ ...cell, verdict })),
        { published },
      ),
    );
  expect(codes(["inside", "inside"])).toEqual([0, 0]);
  expect(codes(["inside", "outside", "not measured"])).toEqual([4, 4]);
  expect(codes(["inside", "no band"])).toEqual([5, 0]);
  expect(codes(["inside", "not measured"])).toEqual([5, 5]);
});
