import { readdir, readFile } from "node:fs/promises";
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
    const line = "eval --data data --behaviors kind --layers 2 --multipliers 1";
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
    expect(first.stdout).toMatch(/^ +2 +0\.\d{3} +\[0\.\d{3}, 0\.\d{3}\] +0\.90 /m);
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
    const line = "eval --data data --behaviors kind --layers 0-5 --multipliers -1 0 1 --json";
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
    expect(files).toHaveLength(6);
    for (const file of files) {
      const start = (await readFile(join(cli.cwd, file))).subarray(0, 8).toString("latin1");
      const expected = file.endsWith(".png")
        ? /^.PNG/
        : file.endsWith(".svg")
          ? /^<svg/
          : /^behavior/;
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
    expect(JSON.parse(plots.stdout).files).toHaveLength(12); // two plots in three forms, for each model
  });
});
