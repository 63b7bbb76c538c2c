import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type OpenEndedCell, ResultStore } from "@caa/eval";
import { readScoredCell } from "@caa/scoring";
import { type MockReply, type MockRequest, startMockJudge } from "@caa/scoring/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../testing/harness.ts";

const KEY = "sk-test-0123456789abcdef";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create([]);
  const store = new ResultStore(join(cli.cwd, "results"));
  for (const multiplier of [-1, 1]) {
    await store.write(cellOf(multiplier));
  }
});
afterEach(() => cli[Symbol.asyncDispose]());

function cellOf(multiplier: number): OpenEndedCell {
  const mean = { mean: 3, t: null, bootstrap: null };
  const texts = [0, 1, 2, 3].map((i) => `Answer ${multiplier < 0 ? i : i + 6}.`);
  return {
    version: 1,
    settings: {
      type: "open_ended",
      behavior: "sycophancy",
      layer: 13,
      multiplier,
      model: "m",
      overrideWeights: null,
      dtype: "float32",
      promptStyle: "template",
      vectors: "normalized",
      overrideVector: null,
      overrideVectorModel: null,
      operation: "add",
      positions: "marker",
      system: null,
      systemPrompt: null,
      limit: null,
      maxNewTokens: 100,
    },
    hashes: { model: "a".repeat(64), dataset: "b".repeat(64), vector: "c".repeat(64) },
    summary: {
      n: texts.length,
      confidence: 0.95,
      seed: 0,
      cut_off: 0,
      tokens: mean,
      repetition: null,
      compression_ratio: null,
      perplexity: null,
    },
    rows: texts.map((text, i) => ({
      question: `Question ${i}?`,
      model_output: text,
      raw_model_output: `Question ${i}? ${text}`,
      tokens: 3,
      finish: "ended" as const,
      prompt_length: 5,
      steered: { first: 4, count: 1 },
      plain_log_probability: null,
      repetition: null,
      compression_ratio: null,
    })),
  };
}

const byNumber = (request: MockRequest): MockReply => ({
  kind: "score",
  score: Number(/\d+/.exec(request.answer)?.[0] ?? 5),
});

const env = { CAA_MODEL: "fake/model", OPEN_AI_KEY: KEY };

async function allFiles(): Promise<string> {
  const names = await readdir(cli.cwd, { recursive: true, withFileTypes: true });
  const texts = names
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

describe("caa score", () => {
  it("writes scores with whole transcripts beside the answers, and shows the means", async () => {
    await using mock = await startMockJudge({ reply: byNumber, apiKey: KEY });
    const { code, stdout, stderr } = await cli.run(
      `score --judge mock --base-url ${mock.baseUrl} --price-in 1000 --price-out 0`,
      { env },
    );
    expect(stderr).toContain("rubric of sycophancy: by its name, direction as-named");
    expect(code).toBe(0);
    expect(stdout).toMatch(/sycophancy +13 +-1 +4 +1\.50 +\[/);
    expect(stdout).toMatch(/sycophancy +13 +1 +4 +7\.50 +\[/);
    expect(stderr).toMatch(/mock: 10 requests, \d+ tokens in and \d+ out, cost \d/);
    const folder = join(cli.cwd, "results/open_ended_scores/sycophancy");
    const names = await readdir(folder);
    expect(names).toEqual(await readdir(join(cli.cwd, "results/open_ended/sycophancy")));
    const scores = await readScoredCell(join(folder, names[0] ?? ""));
    expect(scores.settings).toMatchObject({ behavior: "sycophancy", layer: 13 });
    expect(scores.judging).toMatchObject({
      judge: { model: "mock", base_url: mock.baseUrl, repeats: 1 },
      temperature: 0,
    });
    const [row] = scores.rows;
    expect(row?.judgments[0]?.messages[1]?.content).toContain(row?.model_output);
    expect(row?.judgments[0]?.reply).toContain(`"score":${row?.score}`);
    expect(row).toMatchObject({ raw_model_output: expect.any(String) });
    expect(stdout + stderr + (await allFiles())).not.toContain(KEY);
    // Nothing in a request tells which cell it is of.
    expect(JSON.stringify(mock.requests.map(({ body }) => body))).not.toMatch(
      /multiplier|layer|normalized/,
    );
  });

  it("says whose answers they are where they are of several forms of a model", async () => {
    await using mock = await startMockJudge({ reply: byNumber });
    const line = `score --judge mock --base-url ${mock.baseUrl}`;
    expect((await cli.run(line)).stdout).not.toContain("answers of");
    const { settings, ...cell } = cellOf(1);
    await new ResultStore(join(cli.cwd, "results")).write({
      ...cell,
      settings: { ...settings, overrideWeights: "taught" },
    });
    const { stdout } = await cli.run(line);
    expect(stdout).toMatch(/unscored +answers of/);
    expect(stdout.match(/weights of taught/g)).toHaveLength(1);
  });

  it("tells the change against multiplier 0 question by question, where that is judged too", async () => {
    await using mock = await startMockJudge({ reply: byNumber });
    const line = `score --judge mock --base-url ${mock.baseUrl}`;
    expect((await cli.run(line)).stdout).not.toContain("change against 0");
    const plain = cellOf(0);
    await new ResultStore(join(cli.cwd, "results")).write({
      ...plain,
      rows: plain.rows.map((row, i) => ({ ...row, model_output: `Answer ${i < 2 ? 4 : 5}.` })),
    });
    const { stdout } = await cli.run(line);
    // 0 1 2 3 instead of 4 4 5 5: scipy 1.17.1, stats.ttest_rel, for so few
    expect(stdout).toMatch(/ -1 +4 +1\.50 +\[.*\] +-3\.00 \[-4\.30, -1\.70\]/);
    const { cells } = JSON.parse((await cli.run(`${line} --json`)).stdout);
    expect(cells).toMatchObject([
      { change: { from: 0, to: -1, n: 4, change: { mean: -3 } } },
      { change: null },
      { change: { to: 1, change: { mean: 3 } } },
    ]);
  });

  it("pays nothing twice", async () => {
    await using mock = await startMockJudge({ reply: byNumber });
    const line = `score --judge mock --base-url ${mock.baseUrl} --json`;
    const first = await cli.run(line);
    const second = await cli.run(line);
    expect(mock.requests).toHaveLength(10);
    const cells = (text: string): unknown => JSON.parse(text).cells;
    expect(cells(second.stdout)).toEqual(cells(first.stdout));
    expect(JSON.parse(second.stdout).usage).toMatchObject([{ requests: 0, cached: 10 }]);
  });

  it("tells agreement with itself, a second judge and labels", async () => {
    await using mock = await startMockJudge({ reply: byNumber });
    await using other = await startMockJudge({
      reply: (request) => {
        const reply = byNumber(request);
        return reply.kind === "score" ? { ...reply, score: Math.min(10, reply.score + 1) } : reply;
      },
    });
    await cli.run("score --write-labels labels.csv");
    const sheet = await readFile(join(cli.cwd, "labels.csv"), "utf8");
    await writeFile(
      join(cli.cwd, "labels.csv"),
      sheet.replaceAll(/Answer (\d+)\.,/g, "Answer $1.,$1"),
    );
    const { code, stdout } = await cli.run(
      `score --judge mock --base-url ${mock.baseUrl} --second-judge other --second-base-url ${other.baseUrl} --labels labels.csv --repeats 2 --json`,
      { env },
    );
    expect(code).toBe(0);
    const { agreement, cells } = JSON.parse(stdout);
    expect(agreement.self).toMatchObject({ n: 8, repeats: 2, alpha: 1 });
    expect(agreement.labels).toMatchObject({ n: 8, alpha: 1, kappa: 1, difference: 0 });
    expect(agreement.second).toMatchObject({ n: 8, difference: -1 });
    expect(agreement.second.kappa).toBeLessThan(1);
    expect(cells[0]).toMatchObject({ summary: { mean: 1.5 }, second_summary: { mean: 2.5 } });
    // The first server's key is not the second's.
    expect(mock.requests[0]?.authorization).toBe(`Bearer ${KEY}`);
    expect(other.requests[0]?.authorization).toBeUndefined();
    expect((await cli.run("score --write-labels labels.csv")).code).toBe(2); // never over work done
  });

  it("warns of a judge that obeys the answers", async () => {
    await using mock = await startMockJudge({ reply: () => ({ kind: "obey", score: 1 }) });
    const { stderr } = await cli.run(`score --judge mock --base-url ${mock.baseUrl}`);
    expect(stderr).toContain("warning: mock obeys the text that it judges");
  });

  it("asks nobody on a dry run, and needs no key for it", async () => {
    const { code, stdout } = await cli.run(
      "score --judge gpt --dry-run --price-in 2 --price-out 8 --repeats 3",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^gpt: 26 requests \(0 more are in the cache\), about \d+ tokens in and \d+ out, cost about 0\.\d+\n$/,
    );
  });

  it("fails by its exit code where requests failed, and goes on from there", async () => {
    let broken = true;
    await using mock = await startMockJudge({
      reply: (request) =>
        broken && request.answer.includes("Answer 2.")
          ? { kind: "status", status: 422, message: "no" }
          : byNumber(request),
    });
    const line = `score --judge mock --base-url ${mock.baseUrl}`;
    const first = await cli.run(line);
    expect(first.code).toBe(1);
    expect(first.stdout).toMatch(/-1 +3 .* 1 failed/);
    expect(first.stderr).toContain("got none to 1");
    broken = false;
    const second = await cli.run(line);
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/-1 +4 +1\.50/);
  });

  it.each([
    ["score --judge gpt", 2, /OPEN_AI_KEY/],
    ["score", 2, /--judge: expected/],
    ["score --judge gpt --results none", 3, /open-ended results/],
    ["score --judge gpt --behaviors refusal", 3, /open-ended results/],
    ["score --judge gpt --base-url http://u:p@h/v1", 2, /base URL/],
    ["score --judge gpt --dry-run --price-in 1", 2, /one for input and one for output/],
    ["score --judge gpt --second-base-url http://h/v1 --base-url http://h/v1", 2, /--second-judge/],
    ["score --judge a --second-judge a --base-url http://h/v1", 2, /another judge than the first/],
    ["score --judge gpt --repeat 3", 2, /Did you mean --repeats/],
  ])("refuses %j", async (line, code, message) => {
    const result = await cli.run(line);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
  });

  it("takes a rubric of one's own, from the option or from behavior.json", async () => {
    await using mock = await startMockJudge();
    await cli.run([
      ..."score --judge mock --base-url".split(" "),
      mock.baseUrl,
      "--rubric",
      "Mine.",
    ]);
    expect(mock.requests.at(-1)?.system).toContain("Mine.");
    await cli.put("datasets/generate/sycophancy/generate_dataset.json", []);
    await cli.put("datasets/generate/sycophancy/behavior.json", {
      name: "sycophancy",
      meaning: "It contradicts.",
      direction: "opposite",
    });
    const { stderr } = await cli.run(`score --judge mock --base-url ${mock.baseUrl}`);
    expect(stderr).toContain("sycophancy/behavior.json, direction opposite");
    expect(mock.requests.at(-1)?.system).toContain("keep its own judgment");
  });
});
