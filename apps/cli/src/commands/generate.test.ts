import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
  await cli.run("vectors generate --data data");
});
afterEach(() => cli[Symbol.asyncDispose]());

const PROMPT = ["generate", "--prompt", "What would you do today?", "--max-new-tokens", "12"];

describe("generate", () => {
  it("streams to stdout alone, piece by piece", async () => {
    const pieces: string[] = [];
    const { code, stderr } = await cli.run(PROMPT, {
      stdout: { write: (text) => pieces.push(text) },
    });
    expect(code).toBe(0);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.at(-1)).toBe("\n");
    expect(stderr).toBe("");
  });

  it("steers by any number of entries, negative multipliers too", async () => {
    const { code, stdout, stderr } = await cli.run([
      ...PROMPT,
      "--steer",
      "kind:2:-1.50",
      "plant-lover:1-3:2:ablate:all",
      "--steer",
      "kind:4:1",
      "--json",
    ]);
    expect(stderr.split("\n").filter((line) => line.includes("raw vectors from"))).toHaveLength(2);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.steer).toEqual(["kind:2:-1.5", "plant-lover:1-3:2:ablate:all", "kind:4:1"]);
    expect(result.steered.count).toBeGreaterThan(0);
    const streamed = await cli.run([...PROMPT, "--steer", "kind:2:-1.5", "--raw"]);
    const same = await cli.run([...PROMPT, "--steer", "kind:2:-1.5", "--json"]);
    expect(streamed.stdout).toBe(`${JSON.parse(same.stdout).text}\n`);
  });

  it("explains which tokens are steered, and how strongly", async () => {
    const steered = [...PROMPT, "--steer", "kind:2:1", "kind:4:-2", "--explain"];
    const { stdout, stderr } = await cli.run([...steered, "--json"]);
    expect(stderr).toMatch(/^position +token +steering +change +of the stream$/m);
    const lines = stderr.split("\n").filter((line) => line.includes(" kind@"));
    const { explained } = JSON.parse(stdout);
    const [first, second] = explained.at(-1).steps;
    const shown = (step: { changeNorm: number; relativeChange: number }): string[] => [
      step.changeNorm.toPrecision(3),
      `${(100 * step.relativeChange).toFixed(1)} %`,
    ];
    expect(explained.at(-2).steps).toEqual([]);
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["6", '" [/INST]"', "add 1 kind@2", ...shown(first)],
      ["add -2 kind@4", ...shown(second)],
    ]);
    expect(second.changeNorm / second.relativeChange).toBeGreaterThan(1);
    expect(stderr).toMatch(
      /1 of 7 tokens are steered; a step .* of its length; generated tokens follow/,
    );
  });

  it("says what is missing", async () => {
    const layer = await cli.run([...PROMPT, "--steer", "kind:9:1"]);
    expect(layer.code).toBe(2);
    expect(layer.stderr).toMatch(/steering "kind:9:1": expected one of the layers/);
    const behavior = await cli.run([...PROMPT, "--steer", "kin:2:1"]);
    expect(behavior.code).toBe(2);
    expect(behavior.stderr).toMatch(/vectors of kin .*Did you mean kind\?/);
  });
});
