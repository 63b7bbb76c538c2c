import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runDemo } from "../demo/run-demo.ts";
import { CliHarness, type CliResult } from "../testing/harness.ts";

const SMALL = { out: "demo", pairs: 6, items: 4, seeds: [1], questions: 1, maxNewTokens: 8 };

/** A small demo; `env` names its model. */
async function demo(
  cli: CliHarness,
  overrides: Parameters<CliHarness["call"]>[1] = {},
): Promise<CliResult> {
  return await cli.call(async (dependencies) => {
    await runDemo(SMALL, dependencies);
    return 0;
  }, overrides);
}

it("runs the whole job on a model that was named, twice over the same folder", async () => {
  await using cli = await CliHarness.create([]);
  for (let run = 0; run < 2; run += 1) {
    const { stdout } = await demo(cli);
    expect(stdout).toMatch(/^This runs on fake\/model /);
    expect(stdout).not.toMatch(/planted|phantom|Negative control/);
    const files = stdout.slice(stdout.indexOf("\nFiles\n")).match(/ {2}demo\/\S+$/gm) ?? [];
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      expect((await stat(join(cli.cwd, file.trim()))).size).toBeGreaterThan(0);
    }
    expect(stdout).toContain("caa eval --type ab --model fake/model --data demo/datasets");
  }
});
