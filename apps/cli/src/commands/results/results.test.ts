import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
  await cli.put("data/test/kind/test_dataset_open_ended.json", [
    { question: 'Say "yes",\nor no?' },
  ]);
  await cli.run("vectors generate --data data");
  const line = "--data data --behaviors kind --layers 2 --multipliers 0 1 --no-controls";
  await cli.run(`eval ${line}`);
  await cli.run(`eval --type open_ended ${line} --max-new-tokens 5`);
});
afterEach(() => cli[Symbol.asyncDispose]());

describe("results", () => {
  it("list has a line a cell, of all types or those asked for", async () => {
    const { stdout } = await cli.run("results list");
    expect(stdout.trimEnd().split("\n")).toHaveLength(1 + 4);
    expect(stdout).toMatch(/^ab +kind +raw +2 +1 +4 +p\(matching\) +0\.\d{3} +\[0\.\d{3}, /m);
    expect(stdout).toMatch(/^open_ended +kind +raw +2 +0 +1 +repetition/m);
    const json = await cli.run("results list --types open-ended --multipliers 1 --json");
    expect(JSON.parse(json.stdout).cells).toMatchObject([
      { settings: { type: "open_ended", multiplier: 1 } },
    ]);
  });

  it("show has questions with answers", async () => {
    const { stdout } = await cli.run("results show --items 1 --multipliers 1");
    expect(stdout).toMatch(/^ab, kind, layer 2 x 1, raw vectors, fake\/model$/m);
    expect(stdout).toMatch(/-> \([AB]\) 0\.\d{3}\nand 3 more/);
    expect(stdout).toContain('1. Say "yes",\n   or no?\n   -> ');
  });

  it("export gives one table of cells or of items, that reads back", async () => {
    const csv = (await cli.run("results export")).stdout;
    const [head = "", ...lines] = csv.trimEnd().split("\n");
    expect(head).toMatch(/^type,behavior,layer,multiplier,model,/);
    expect(lines).toHaveLength(4);
    expect(new Set([head, ...lines].map((text) => text.split(",").length)).size).toBe(1);
    const items = await cli.run("results export --items --format jsonl --out items.jsonl");
    expect(items.stdout).toBe("");
    expect(items.stderr).toContain("items.jsonl: 10 rows");
    const rows = (await readFile(join(cli.cwd, "items.jsonl"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.filter(({ type }) => type === "ab")).toHaveLength(8);
    expect(rows.at(-1)).toMatchObject({ type: "open_ended", question: 'Say "yes",\nor no?' });
    expect(new Set(rows.map((row) => Object.keys(row).join())).size).toBe(1);
    const quoted = (await cli.run("results export --items --types open_ended")).stdout;
    expect(quoted).toContain('"Say ""yes"",\nor no?"');
  });

  it("ends with code 3 where there is nothing, and suggests types", async () => {
    expect((await cli.run("results list --behaviors none")).code).toBe(3);
    expect((await cli.run("results list --types mmmlu")).stderr).toMatch(/Did you mean mmlu\?/);
  });
});
