import { readFile } from "node:fs/promises";
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

const filesOf = (stdout: string): readonly string[] =>
  stdout.trimEnd().split("\n\n").at(-1)?.split("\n") ?? [];

describe("lens", () => {
  const LENS = ["lens", "--prompt", "What would you do today?"];

  it("prints a line a layer and writes a page and CSV", async () => {
    const { code, stdout, stderr } = await cli.run(LENS);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("position 6 ␣[/INST]");
    expect(lines[1]).toMatch(
      /^layer {2}attention output +residual after attention +MLP output +block output$/,
    );
    expect(lines.slice(2, 8).map((line) => line.trim().split(/ +/)[0])).toEqual([..."012345"]);
    const page = await readFile(join(cli.cwd, filesOf(stdout)[0] ?? ""), "utf8");
    expect(page).toContain("Next token at position 6");
    expect(filesOf(stdout)[0]).toMatch(
      /^lens\/lens_model=fake--model_prompt=what-would-you-do-today-\w{8}\.html$/,
    );
  });

  it("puts steered beside plain, of the places and positions that were asked for, with bars", async () => {
    const { stdout } = await cli.run([
      ...LENS,
      "--steer",
      "kind:2:3",
      "--place",
      "block-output",
      "--position",
      "5-6",
      "--layers",
      "1-3",
      "--bars",
      "2",
    ]);
    expect(stdout.match(/^layer {2}block output +steered$/gm)).toHaveLength(2);
    expect(filesOf(stdout).map((file) => file.replace(/_model.*\./, "."))).toEqual([
      "lens/lens.html",
      "lens/lens.csv",
      "lens/lens-bars_layer=2.svg",
      "lens/lens-bars_layer=2.png",
      "lens/lens-bars_layer=2.csv",
    ]);
    const rows = stdout
      .split("\n")
      .filter((line) => /^ +[123] /.test(line))
      .map((line) => line.trim().split(/ {2,}/));
    expect(rows.map(([layer]) => layer)).toEqual([..."123123"]);
    // Steered is the last token alone, from layer 2 on.
    const same = rows.map(([, ...cells]) => cells.slice(0, 5).join() === cells.slice(5).join());
    expect(same).toEqual([true, true, true, true, false, false]);
  });

  it("has the places once each, in the order of the computation", async () => {
    const places = ["--place", "block-output", "MLP_output", "block-output"];
    const { stdout } = await cli.run([...LENS, ...places]);
    expect(stdout).toMatch(/^layer {2}MLP output +block output$/m);
  });

  it("gives everything as JSON", async () => {
    const { stdout } = await cli.run([...LENS, "--layers", "1", "--top", "2", "--json"]);
    const result = JSON.parse(stdout);
    expect(result.plain.cells).toHaveLength(4);
    expect(result.plain.cells[0].top).toHaveLength(2);
    expect(result.steered).toBeNull();
    expect(result.files).toHaveLength(2);
  });

  it.each([
    [["--layers", "6"], /--layers: expected 0 to 5/],
    [["--position", "9"], /position 0 to 6, got 9/],
    [["--position", "some"], /Expected last, all or token indices/],
    [["--position", "last", "3"], /Expected last alone/],
    [["--place", "mlp"], /Expected one of attention-output/],
    [["--layers", "1", "--bars", "2"], /layer that was read, got 2; there: 1/],
  ])("%s is wrong usage", async (args, message) => {
    const { code, stderr, stdout } = await cli.run([...LENS, ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
  });
});

describe("trace", () => {
  const TRACE = [
    "trace",
    "--prompt",
    "What would you do?",
    "--behavior",
    "kind",
    "--max-new-tokens",
    "6",
  ];

  it("has a row a token, and writes a page, a heat map and CSV", async () => {
    const { code, stdout, stderr } = await cli.run([...TRACE, "--layer", "2"]);
    expect(stderr).toMatch(/^kind: raw vectors from [^\n]*\n$/);
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^position +token +part +steered +kind@2: dot +cosine$/);
    expect(lines.filter((line) => line.includes("  prompt  "))).toHaveLength(6);
    expect(lines.filter((line) => line.includes("  answer  "))).toHaveLength(6);
    expect(stdout).toContain("95 % of random directions lie within ±0.482");
    const files = filesOf(stdout);
    expect(files.map((file) => file.replace(/^.*\./, ""))).toEqual(["html", "svg", "png", "csv"]);
    const page = await readFile(join(cli.cwd, files[0] ?? ""), "utf8");
    expect(page).toContain("At layer 2, where the vector has length");
    expect(page).not.toContain("What steering changes");
  });

  it("watches several behaviors while it is steered, in JSON the same as of the answer when it is given", async () => {
    const steered = [...TRACE, "--behavior", "plant-lover", "--steer", "kind:2:4", "--json"];
    const { stdout, stderr } = await cli.run(steered);
    expect(stderr).toMatch(/kind: tokens are shown at layer \d, where the vectors of two halves/);
    const result = JSON.parse(stdout);
    expect(result.probes).toHaveLength(12);
    expect(result.tokens.map((token: { isSteered: boolean }) => token.isSteered)).toEqual(
      Array.from({ length: 12 }, (_, i) => i >= 5),
    );
    const given = JSON.parse(
      (await cli.run([...steered, "--answer", result.generation.text])).stdout,
    );
    expect(given.tokens).toEqual(result.tokens);
    expect(given.generation).toBeNull();
    const page = await readFile(join(cli.cwd, result.files[0]), "utf8");
    expect(page).toContain("7 of 12 tokens are steered");
  });

  it("colors tokens as they come where the terminal can", async () => {
    const pieces: string[] = [];
    const { stderr } = await cli.run([...TRACE, "--layer", "2", "--steer", "kind:2:900"], {
      colors: true,
      stdout: { write: (text) => pieces.push(text) },
    });
    expect(stderr).not.toContain("error");
    expect(pieces[0]).toBe("[INST]");
    expect(pieces[1]).toContain(" What");
    expect(pieces[5]).toBe("\u001b[48;2;0;84;147;38;2;255;255;255m [/INST]\u001b[0m");
    expect(pieces.slice(0, 12).join("")).not.toContain("\n");
  });

  it("says what is missing", async () => {
    const layer = await cli.run([...TRACE, "--layer", "9"]);
    expect(layer).toMatchObject({ code: 2, stdout: "" });
    expect(layer.stderr).toMatch(
      /--layer: expected a layer where the vector of kind is there .*got 9; there: 0 1 2 3 4 5/,
    );
    const behavior = await cli.run(["trace", "--prompt", "Hm", "--behavior", "kin"]);
    expect(behavior.stderr).toMatch(/Did you mean kind\?/);
    const silent = new FakeModel();
    const unable = await cli.run(TRACE, {
      openModel: async () =>
        Object.assign(silent, {
          generate: () => new FakeModel().generate([{ prompt: { user: "x" } }]),
        }),
    });
    expect(unable.stderr).toMatch(/expected a model that gives its residual stream at every token/);
  });
});
