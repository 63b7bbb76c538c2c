import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CliHarness } from "../testing/harness.ts";

it("the demo runs the whole job, twice over the same folder, and every file that it names is there", async () => {
  await using cli = await CliHarness.create([]);
  for (let run = 0; run < 2; run += 1) {
    const { code, stdout, stderr } = await cli.run("demo");
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    expect(stdout).not.toContain("mean nothing"); // CAA_MODEL is a model that someone chose
    const files = stdout.split("\n").filter((line) => line.startsWith("  demo/"));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      expect((await stat(join(cli.cwd, file.trim()))).size).toBeGreaterThan(0);
    }
    expect(stdout).toContain("caa eval --type ab --model fake/model --data demo/datasets");
  }
});
