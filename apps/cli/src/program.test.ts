import { CaaError } from "@caa/core";
import { FakeModel } from "@caa/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenModelOptions } from "./dependencies.ts";
import { CliHarness } from "./testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
});
afterEach(() => cli[Symbol.asyncDispose]());

describe("help", () => {
  it.each([
    "",
    "vectors",
    "vectors generate",
    "vectors normalize",
    "vectors analyze",
    "eval",
    "tune",
    "plot",
    "plot results",
    "plot activations",
    "generate",
    "models",
    "models info",
    "data",
    "data list",
    "data download",
    "demo",
  ])("of `caa %s` has examples, and nothing is opened", async (command) => {
    const args = command === "" ? ["--help"] : [...command.split(" "), "--help"];
    const { code, stdout, stderr } = await cli.run(args);
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: caa");
    expect(stdout).toMatch(/Examples:\n {2}\$ .*caa /);
    expect(stderr).toBe("");
    expect(cli.opened).toBe(0);
  });

  it("is shown on stderr when there is no command", async () => {
    const { code, stdout, stderr } = await cli.run([]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("Usage: caa");
  });
});

describe("slips", () => {
  it.each([
    ["evel", /Did you mean eval\?/],
    ["vectors generat", /Did you mean generate\?/],
    ["eval --multiplier 1", /Did you mean --multipliers\?/],
    ["eval --type mmul", /Did you mean mmlu\?/],
    ["eval --type abb", /Did you mean ab\?/],
    ["models info m --dtype q5", /float32, q8, q4/],
    ["eval --layers 5-2", /did you mean 2-5\?/],
    ["eval --multipliers one", /numbers such as -1 0 1\.5/],
    ["eval --data data --behaviors plantlover", /Did you mean "plant-lover"\?/],
    ["vectors generate --data data --behaviors kinds", /Did you mean "kind"\?/],
    ["generate --prompt hi --steer kind:x:1", /steering "kind:x:1": layers/],
    ["generate", /required option '--prompt <text>'/],
    ["vectors generate --data data --base --prompt-style template", /--base/],
    ["vectors generate --data nowhere", /no such folder/],
    ["vectors generate --data data --layers 0-9", /expected 0 to 5/],
  ])("`caa %s` is refused with code 2", async (line, message) => {
    const { code, stdout, stderr } = await cli.run(line);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("without a model says how to name one", async () => {
    const { code, stderr } = await cli.run("models info", { env: {} });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: --model: .*CAA_MODEL.*\.env\n$/);
  });
});

describe("models info", () => {
  it("is a table, or JSON alone on stdout", async () => {
    const table = await cli.run("models info");
    expect(table.stdout).toMatch(/^architecture +FakeForCausalLM$/m);
    const json = await cli.run("models info some/model --json");
    expect(JSON.parse(json.stdout)).toEqual(new FakeModel().info);
    expect(json.code).toBe(0);
  });

  it("passes on how the model is opened, and disposes of it", async () => {
    const model = new FakeModel();
    const opened: [string, OpenModelOptions][] = [];
    await cli.run("models info m --device cpu --dtype q8 --base --threads 2", {
      env: { HF_TOKEN: "hf_secret" },
      openModel: async (name, options) => {
        opened.push([name, options]);
        return model;
      },
    });
    expect(opened).toMatchObject([
      [
        "m",
        { device: "cpu", dtype: "q8", promptStyle: "llama2-base", threads: 2, token: "hf_secret" },
      ],
    ]);
    expect(model.disposed).toBe(true);
  });
});

describe("errors", () => {
  const failing = (error: Error): { openModel: () => Promise<never> } => ({
    openModel: () => Promise.reject(error),
  });

  it.each([
    ["not-found", 2],
    ["access-denied", 2],
    ["empty-selection", 3],
    ["io", 1],
    ["aborted", 130],
  ] as const)("%s ends with code %i, without a stack", async (code, exit) => {
    const result = await cli.run("models info m", failing(new CaaError(code, "what happened")));
    expect(result.code).toBe(exit);
    expect(result.stderr).toBe(code === "aborted" ? "stopped\n" : "error: what happened\n");
  });

  it("that nobody expected end with code 1; CAA_DEBUG shows the stack", async () => {
    const plain = await cli.run("models info m", failing(new TypeError("odd")));
    expect(plain.code).toBe(1);
    expect(plain.stderr).toMatch(/^error: odd\n.*CAA_DEBUG=1/);
    const debug = await cli.run("models info m", {
      ...failing(new TypeError("odd")),
      env: { CAA_DEBUG: "1" },
    });
    expect(debug.stderr).toMatch(/^ {4}at /m);
  });

  it("never show a secret", async () => {
    const { stderr } = await cli.run("models info m", {
      ...failing(new CaaError("access-denied", "refused hf_verysecret")),
      env: { HF_TOKEN: "hf_verysecret" },
    });
    expect(stderr).toBe("error: refused <HF_TOKEN>\n");
  });
});
