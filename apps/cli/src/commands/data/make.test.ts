import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create([]);
});
afterEach(() => cli[Symbol.asyncDispose]());

describe("caa data make", () => {
  it("writes all sets once, and again only with another seed and --overwrite", async () => {
    const first = await cli.run("data make --json");
    expect(first.code).toBe(0);
    const made = JSON.parse(first.stdout);
    expect(made).toMatchObject({ folder: "datasets", written: true });
    expect(made.sets).toHaveLength(21);
    expect(made.sets).toContainEqual({
      file: "datasets/generate/refusal/generate_dataset.json",
      items: 408,
    });
    expect(JSON.parse(await read("datasets/generate/refusal/generate_dataset.json"))).toHaveLength(
      408,
    );
    expect(await read("datasets/README.md")).toContain("# Built-in data sets");

    const again = await cli.run("data make");
    expect(again).toMatchObject({
      code: 0,
      stderr: "datasets: the same files are there already\n",
    });
    expect(again.stdout).toContain("  408  datasets/generate/refusal/generate_dataset.json\n");

    const other = await cli.run("data make --seed 2");
    expect(other.code).toBe(2);
    expect(other.stderr).toContain("--overwrite");
    expect((await cli.run("data make --seed 2 --overwrite")).code).toBe(0);
    expect(await read("datasets/README.md")).toContain("--seed 2");
  });

  it("leaves other files of these names alone", async () => {
    const path = join(cli.cwd, "README.md");
    await writeFile(path, "mine");
    expect((await cli.run("data make --out .")).code).toBe(2);
    expect(await read("README.md")).toBe("mine");
  });

  it("refuses a seed that is not whole", async () => {
    expect((await cli.run("data make --seed 1.5")).code).toBe(2);
  });
});

function read(path: string): Promise<string> {
  return readFile(join(cli.cwd, path), "utf8");
}
