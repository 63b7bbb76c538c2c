import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { FakeModel } from "@caa/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
  await cli.run("vectors generate --data data");
});
afterEach(() => cli[Symbol.asyncDispose]());

interface Cell {
  readonly settings: {
    readonly layer: number;
    readonly multiplier: number;
    readonly vectors: string;
  };
  readonly summary: { readonly n: number; readonly p_matching: { readonly mean: number } };
  readonly file: string;
}

const cellsOf = (stdout: string): readonly Cell[] => JSON.parse(stdout).runs[0].cells;

describe("eval --type ab", () => {
  it("measures layers x multipliers, negative ones too, as JSON alone on stdout", async () => {
    const line =
      "eval --type ab --data data --behaviors kind --layers 1-2 4 --multipliers -1 0 1.5 --json";
    const { code, stdout, stderr } = await cli.run(line);
    expect(code).toBe(0);
    const cells = cellsOf(stdout);
    expect(cells.map(({ settings }) => [settings.layer, settings.multiplier])).toEqual(
      [1, 2, 4].flatMap((layer) => [-1, 0, 1.5].map((multiplier) => [layer, multiplier])),
    );
    expect(stderr).toContain(
      "kind: 4 items, 3 layers x 3 multipliers = 9 cells, 0 of them there already",
    );
    const file = JSON.parse(await readFile(join(cli.cwd, cells[0]?.file ?? ""), "utf8"));
    expect(file.settings).toMatchObject({
      layer: 1,
      multiplier: -1,
      model: "fake/model",
      vectors: "raw",
    });
    expect(file.rows).toHaveLength(4);
  });

  it("takes a list that begins with a minus", async () => {
    const { code, stdout } = await cli.run(
      "eval --data data --behaviors kind --layers 2 --multipliers -1,0,1 --json",
    );
    expect(code).toBe(0);
    expect(cellsOf(stdout).map(({ settings }) => settings.multiplier)).toEqual([-1, 0, 1]);
  });

  it("uses normalized vectors where they are, and says which", async () => {
    await cli.run("vectors normalize");
    const line = "eval --data data --behaviors kind --layers 2 --multipliers 1 --no-controls";
    const normalized = await cli.run(line);
    expect(normalized.stdout).toContain(
      "kind: normalized vectors (over kind, plant-lover) from vectors/normalized/kind/",
    );
    const raw = await cli.run(`${line} --raw`);
    expect(raw.stdout).toContain("kind: raw vectors from vectors/kind/");
    expect(await readdir(join(cli.cwd, "results/ab/kind"))).toHaveLength(2);
  });

  it("shows a table and tells where everything is, and keeps what is there", async () => {
    const line = "eval --type ab --data data --behaviors kind --layers 2,3 --multipliers -1 0 1";
    const first = await cli.run(line);
    expect(first.stdout).toMatch(/^layer +x -1 +interval +mass +x 0 .*x 1 /m);
    expect(first.stdout).toMatch(/^ +2 +0\.\d{3} +\[[01]\.\d{3}, [01]\.\d{3}\] +0\.90 /m);
    expect(first.stderr).toContain("plots: caa plot results --behaviors kind");
    expect(first.stderr).not.toContain("warning");
    const again = await cli.run(line);
    expect(again.stderr).toContain("6 cells, 6 of them there already and kept");
    expect(again.stdout).toContain("(6 of 6 cells were there already)");
    expect(again.code).toBe(0);
  });

  it("warns of a small letter mass", async () => {
    const { stdout, stderr } = await cli.run("eval --data data --behaviors kind --layers 2", {
      openModel: async () => new FakeModel({ letterMass: 0.02 }),
    });
    expect(stderr).toContain("kind: warning: in 3 of 3 cells the two letters have less than half");
    expect(stdout).toContain("0.02!");
  });

  it("stopped by Ctrl-C in the middle goes on with what is missing", async () => {
    const line =
      "eval --data data --behaviors kind --layers 0-5 --multipliers -1 0 1 --no-controls --json";
    const controller = new AbortController();
    const stopping = new FakeModel({
      delay: async () => {
        if (stopping.promptsHandled === 3) {
          controller.abort();
        }
      },
    });
    const stopped = await cli.run(line, {
      openModel: async () => stopping,
      signal: controller.signal,
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toBe("");
    expect(stopped.stderr).toMatch(
      /kept in results\. Run the same command again to go on\.\nstopped\n$/,
    );

    const rest = new FakeModel();
    const resumed = await cli.run(line, { openModel: async () => rest });
    expect(resumed.code).toBe(0);
    expect(rest.promptsHandled).toBe(2); // two of four items were measured before

    const whole = await cli.run(`${line} --out elsewhere`);
    const figures = (stdout: string): unknown => cellsOf(stdout).map(({ summary }) => summary);
    expect(figures(resumed.stdout)).toEqual(figures(whole.stdout));
  });

  it("names the command that makes missing vectors, and refuses those of another model", async () => {
    const missing = await cli.run("eval --data data --behaviors kind --vectors none");
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("caa vectors generate --model M --data DIR --behaviors kind");
    const other = await cli.run("eval --data data --behaviors kind", {
      openModel: async () => new FakeModel({ seed: 1 }),
    });
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/expected vectors made on this model/);
  });

  it("without names takes the behaviors that have vectors of the model, and says which it leaves out", async () => {
    await cli.run("vectors generate --data data --behaviors kind --model other/model", {
      openModel: async () => new FakeModel({ info: { id: "other/model" } }),
    });
    const line = "eval --data data --layers 2 --multipliers 0 1 --no-controls --json";
    const other = { openModel: async () => new FakeModel({ info: { id: "other/model" } }) };
    const { code, stdout, stderr } = await cli.run(line, other);
    expect(code).toBe(0);
    expect(stderr).toContain(
      "note: no vectors of plant-lover for other/model in vectors: left out",
    );
    const behaviors = JSON.parse(stdout).runs.map((run: { behavior: string }) => run.behavior);
    expect(behaviors).toEqual(["kind"]);
    const named = await cli.run(`${line} --behaviors kind plant-lover`, other);
    expect(named.code).toBe(2);
    expect(named.stderr).toMatch(/expected vectors of plant-lover for other\/model/);
    const none = await cli.run(`${line} --vectors none`, other);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(/expected vectors of kind for other\/model/);
  });

  it("reports progress away from stdout", async () => {
    let time = 0;
    const { stdout, stderr } = await cli.run(
      "eval --data data --behaviors kind --layers 2 --json",
      {
        isTTY: true,
        now: () => (time += 1000),
      },
    );
    expect(stderr).toContain("\r\u001b[2Kkind: ");
    expect(() => JSON.parse(stdout)).not.toThrow();
  });
});

describe("plot results", () => {
  it("writes SVG, PNG and CSV", async () => {
    await cli.run("eval --data data --behaviors kind --layers 1-3 --multipliers -1 0 1");
    const { code, stdout } = await cli.run("plot results --json");
    expect(code).toBe(0);
    const { files } = JSON.parse(stdout);
    expect(files).toHaveLength(12); // beside controls, per layer, against the multiplier, over layers; in three forms
    for (const file of files) {
      const start = (await readFile(join(cli.cwd, file))).subarray(0, 8).toString("latin1");
      const expected = file.endsWith(".png")
        ? /^.PNG/
        : file.endsWith(".svg")
          ? /^<svg/
          : /^(behavior|control,)/;
      expect(start).toMatch(expected);
    }
  });

  it("without results ends with code 3 and says how to make them", async () => {
    const { code, stderr } = await cli.run("plot results");
    expect(code).toBe(3);
    expect(stderr).toContain("caa eval --type ab");
  });
});

describe("eval --override-weights", () => {
  const taught = (): FakeModel => new FakeModel({ info: { id: "taught", hash: "f".repeat(64) } });
  const put = (promptStyle: string, hash = new FakeModel().info.hash): Promise<void> =>
    cli.put("taught/finetune.json", { model: { id: "fake/model", hash, promptStyle } });
  const overridden =
    "eval --data data --behaviors kind --layers 2 --multipliers 0 --override-weights taught";

  it("opens it with the prompts that it was trained on, unless others are asked for", async () => {
    const asked = async (more: string): Promise<unknown> => {
      let styles: unknown;
      const { code, stderr } = await cli.run(`${overridden}${more} --overwrite`, {
        openModel: async (_, { promptStyle, systemPosition } = {}) => {
          styles = [promptStyle, systemPosition];
          return taught();
        },
      });
      expect(code).toBe(0);
      return [styles, /another style/.test(stderr), /nothing tells/.test(stderr)];
    };
    expect(await asked("")).toEqual([[undefined, undefined], false, true]);
    await put("template");
    expect(await asked("")).toEqual([["template", "before"], false, false]);
    await put("llama2-chat-inside");
    expect(await asked("")).toEqual([["llama2-chat", "inside"], false, false]);
    expect(await asked(" --prompt-style template")).toEqual([["template", undefined], true, false]);
    expect(await asked(" --base")).toEqual([["llama2-base", undefined], true, false]);
    expect(await asked(" --system-position before")).toEqual([
      ["llama2-chat", "before"],
      true,
      false,
    ]);
  });

  it("refuses vectors of another model than its base, with a way out", async () => {
    const openModel = async (): Promise<FakeModel> => taught();
    await put("template", "a".repeat(64));
    const refused = await cli.run(overridden, { openModel });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /expected vectors of the model that taught was trained from, fake\/model \(a{12}\), got those of fake\/model \(\w{12}\); .*--allow-other-base/,
    );
    expect((await cli.run(`${overridden} --allow-other-base`, { openModel })).code).toBe(0);
    const alone = await cli.run("eval --data data --behaviors kind --allow-other-base");
    expect(alone.stderr).toMatch(/expected --override-weights beside it/);
    await put("no such style");
    expect((await cli.run(overridden, { openModel })).stderr).toMatch(/a known prompt style/);
  });

  it("runs the other model with this one's vectors, and keeps the results apart", async () => {
    const line = "eval --data data --behaviors kind --layers 2 --multipliers 0 1 --json";
    const own = await cli.run(line);
    const opened: string[] = [];
    const other = await cli.run(`${line} --override-weights taught`, {
      openModel: async (name) => {
        opened.push(name);
        return new FakeModel({ info: { id: "taught", hash: "f".repeat(64) } });
      },
    });
    expect(other.code).toBe(0);
    expect(opened).toEqual(["taught"]);
    expect(other.stderr).toContain("model: taught in place of fake/model");
    const [plain] = cellsOf(other.stdout);
    expect(plain?.settings).toMatchObject({ model: "fake/model", overrideWeights: "taught" });
    expect(plain?.file).toContain("_override_weights=taught_");
    expect(plain?.file).not.toBe(cellsOf(own.stdout)[0]?.file);
    const plots = await cli.run("plot results --json");
    expect(JSON.parse(plots.stdout).files).toHaveLength(21); // three plots in three forms for each model, and one of both
  });
});

describe("eval beside controls", () => {
  it("measures random directions and shuffled labels, and says in words what that means", async () => {
    const line = "eval --data data --behaviors kind --layers 0 2 --multipliers -1 0 1";
    const { code, stdout, stderr } = await cli.run(line);
    expect(code).toBe(0);
    expect(stderr).toContain(
      "kind: beside it raw-random-1, raw-random-2, raw-random-3, raw-shuffled-0: 16 more cells",
    );
    expect(stderr).toMatch(/kind: 4 items tell p\(matching\) to ±0\.\d\d near 0\.5/);
    expect(stdout).toMatch(
      /^layer +x +dose +change +interval +along +against +nowhere\n +0 +-1 +0\.\d+ /m,
    );
    expect(stdout).toMatch(/^ +2 .*(beats its controls|no effect found)$/m);
    expect(await readdir(join(cli.cwd, "results/ab/kind"))).toHaveLength(6 + 16);
    const json = JSON.parse((await cli.run(`${line} --json`)).stdout);
    expect(json.runs[0].kept).toBe(6);
    expect(json.runs[0].controls).toHaveLength(4);
    expect(
      json.runs[0].layers.map(({ effect }: { effect: { layer: number } }) => effect.layer),
    ).toEqual([0, 2]);
  });

  it("does without labels that were not kept, and says so", async () => {
    await cli.run("vectors generate --data data --behaviors kind --only-vectors --overwrite");
    const { stderr } = await cli.run(
      "eval --data data --behaviors kind --layers 2 --multipliers 1 --controls 1",
    );
    expect(stderr).toMatch(/note: kind: .* has no label-shuffled vectors/);
    expect(stderr).toContain("beside it raw-random-1: 1 more cells");
  });
});

describe("eval --type open_ended", () => {
  const ask = (behavior = "kind"): Promise<void> =>
    cli.put(`data/test/${behavior}/test_dataset_open_ended.json`, [
      { question: "Where would you go?" },
      { question: "What do you do at night?" },
    ]);

  it("writes answers with what tells worn text, and a table of that", async () => {
    await ask();
    const line =
      "eval --type open-ended --data data --behaviors kind --layers 2 --multipliers -1 0 1 --max-new-tokens 12";
    const { code, stdout, stderr } = await cli.run(line);
    expect(code).toBe(0);
    expect(stderr).toContain("kind: 2 questions, 1 layers x 3 multipliers = 3 cells");
    expect(stdout).toMatch(/^layer +x +tokens +cut off +repetition +compression +perplexity$/m);
    const files = await readdir(join(cli.cwd, "results/open_ended/kind"));
    expect(files).toHaveLength(3);
    expect(files.every((file) => file.includes("_max_new_tokens=12"))).toBe(true);
    const file = await readFile(join(cli.cwd, "results/open_ended/kind", files[0] ?? ""), "utf8");
    expect(JSON.parse(file).rows[0]).toMatchObject({
      question: "Where would you go?",
      raw_model_output: expect.stringContaining("[INST] Where would you go? [/INST]"),
      finish: expect.stringMatching(/ended|cut-off/),
    });
    expect((await cli.run(line)).stdout).toContain("(3 of 3 cells were there already)");
  });

  it("stopped by Ctrl-C keeps the answers that ended", async () => {
    await ask();
    const line =
      "eval --type open_ended --data data --behaviors kind --layers 0-5 --multipliers -1 0 1 --json";
    const controller = new AbortController();
    const stopping: FakeModel = new FakeModel({
      delay: async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (stopping.promptsHandled === 20) {
          controller.abort();
        }
      },
    });
    const { code, stderr } = await cli.run(line, {
      openModel: async () => stopping,
      signal: controller.signal,
    });
    expect(code).toBe(130);
    expect(stderr).toContain("Run the same command again to go on.");
    const rest = new FakeModel();
    expect((await cli.run(line, { openModel: async () => rest })).code).toBe(0);
    expect(rest.promptsHandled).toBe(2 * 13 - 19);
  });
});

describe("eval --type mmlu and truthful_qa", () => {
  const items = ["rivers", "rivers", "sums", "sums", "sums"].map((category, i) => ({
    prompt: `Question ${i}?\n\nChoices:\n(A) this\n(B) that`,
    correct: i % 2 === 0 ? "(A)" : "(B)",
    incorrect: i % 2 === 0 ? "(B)" : "(A)",
    correct_full_text: i % 2 === 0 ? "this" : "that",
    incorrect_full_text: i % 2 === 0 ? "that" : "this",
    category,
  }));

  it.each([
    ["mmlu", "mmlu/mmlu.json", "mmlu"],
    ["truthful-qa", "truthfulqa/truthful_qa.json", "truthfulqa"],
  ])("%s asks every behavior that has vectors the same", async (type, file, set) => {
    const missing = await cli.run(`eval --type ${type} --data data --layers 2`);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain(`caa data download ${set}, then caa data process ${set}`);
    await cli.put(`data/test/${file}`, items);
    const line = `eval --type ${type} --data data --layers 2 --multipliers 0 1 --no-controls`;
    const { code, stdout } = await cli.run(`${line} --json`);
    expect(code).toBe(0);
    const { runs } = JSON.parse(stdout);
    expect(runs.map(({ behavior }: { behavior: string }) => behavior)).toEqual([
      "kind",
      "plant-lover",
    ]);
    expect(runs[0].cells[0].summary.categories).toMatchObject([
      { category: "rivers", n: 2 },
      { category: "sums", n: 3 },
    ]);
    expect((await cli.run(line)).stdout).toContain(
      "mean over the 2 categories' means over 5 items",
    );
    await rm(join(cli.cwd, "vectors/kind/fake--model.safetensors"));
    await cli.put("vectors/kind/other--model.safetensors", "of another model");
    const left = await cli.run(`${line} --json`);
    expect(left.stderr).toContain("note: no vectors of kind for fake/model in vectors: left out");
    expect(JSON.parse(left.stdout).runs).toMatchObject([{ behavior: "plant-lover" }]);
    const named = await cli.run(`${line} --behaviors plant-lover kind`);
    expect([named.code, named.stderr]).toEqual([
      2,
      expect.stringContaining("expected vectors of kind for fake/model"),
    ]);
  });
});

describe("eval with other prompts and vectors", () => {
  const line = "eval --data data --behaviors kind --multipliers 1 --no-controls --json";
  const settingsOf = (stdout: string): Readonly<Record<string, unknown>> =>
    JSON.parse(stdout).runs[0].cells[0].settings;

  it("--system-prompt takes the behavior's own, and one system prompt at a time", async () => {
    await cli.put("data/generate/kind/behavior.json", {
      name: "kind",
      meaning: "The answer is kind.",
      systemPrompts: { positive: "Be kind.", negative: "Be rude." },
    });
    const own = await cli.run(`${line} --layers 2 --system-prompt neg`);
    expect(own.code).toBe(0);
    expect(settingsOf(own.stdout)).toMatchObject({ system: "Be rude.", systemPrompt: "neg" });
    const two = await cli.run(`${line} --layers 2 --system-prompt neg --system x`);
    expect(two.stderr).toMatch(/expected no --system-prompt beside it/);
    await cli.put("data/generate/kind/behavior.json", { name: "kind", meaning: "It is kind." });
    const none = await cli.run(`${line} --layers 2 --system-prompt pos`);
    expect(none.stderr).toMatch(/expected systemPrompts in the behavior.json of kind/);
  });

  it("--override-vector puts one layer's vector at every layer of the model", async () => {
    const { code, stdout } = await cli.run(`${line} --override-vector 3`);
    expect(code).toBe(0);
    const { cells } = JSON.parse(stdout).runs[0];
    expect(cells).toHaveLength(6);
    const hashes = cells.map(({ hashes: { vector } }: { hashes: { vector: string } }) => vector);
    expect(new Set(hashes).size).toBe(1);
    expect(settingsOf(stdout)).toMatchObject({ overrideVector: 3 });
    expect((await cli.run(`${line} --override-vector 9`)).stderr).toMatch(/layers 0, 1, .*got 9/);
  });

  it("--override-vector-model takes another model's vectors", async () => {
    const other = (): FakeModel => new FakeModel({ seed: 1, info: { id: "other/model" } });
    await cli.run("vectors generate --data data --behaviors kind --model other/model", {
      openModel: async () => other(),
    });
    const { code, stdout, stderr } = await cli.run(
      `${line} --layers 2 --override-vector-model other/model`,
    );
    expect(stderr).toContain("other--model.safetensors");
    expect(code).toBe(0);
    expect(settingsOf(stdout)).toMatchObject({
      model: "fake/model",
      overrideVectorModel: "other/model",
    });
  });
});
