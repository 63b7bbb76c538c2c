import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
});
afterEach(() => cli[Symbol.asyncDispose]());

const csv = (rows: readonly string[]): string =>
  ["question,positive,negative", ...rows].join("\r\n");
const put = (name: string, text: string): Promise<void> => writeFile(join(cli.cwd, name), text);

describe("data check", () => {
  it("reports on a file of one's own, and ends with code 0 when it is good", async () => {
    await put("honesty.csv", csv(Array.from({ length: 20 }, (_, i) => `Is it ${i}?,yes,no`)));
    const { code, stdout, stderr } = await cli.run("data check honesty.csv");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^honesty: valid, in honesty\.csv\ndirection: not declared/);
    expect(stdout).toMatch(/^honesty\.csv +20 +0 +A 10 B 10 +\d+ \/ \d+/m);
    expect(stdout).toMatch(/letters drawn evenly with seed 0 \(20\)/);
  });

  it("shows the first ten bad lines, all in the JSON, and ends with code 2", async () => {
    const bad = Array.from({ length: 13 }, (_, i) => `Why ${i}?,same,same`);
    await put("bad.csv", csv(["Good?,yes,no", ...bad]));
    const { code, stdout, stderr } = await cli.run("data check ./bad.csv");
    expect(code).toBe(2);
    expect(stderr).toBe("error: check: expected data sets without problems, got 13 in bad\n");
    expect(stdout).toContain(
      "problems:\n  bad.csv: item 2 (line 3), field negative: expected another text than positive, got the same\n",
    );
    expect(stdout).toContain("  and 3 more; --json has all\n");
    const json = await cli.run("data check ./bad.csv --json");
    expect(json.code).toBe(2);
    const [report] = JSON.parse(json.stdout).behaviors;
    expect(report).toMatchObject({ name: "bad", valid: false });
    expect(report.problems).toHaveLength(13);
    expect(report.problems[12]).toMatchObject({ item: 14, line: 15, field: "negative" });
  });

  it("takes names in a data folder, all of them by default, with suggestions", async () => {
    const all = await cli.run("data check --data data --json");
    expect(all.code).toBe(0);
    expect(JSON.parse(all.stdout).behaviors.map(({ name }: { name: string }) => name)).toEqual([
      "kind",
      "plant-lover",
    ]);
    const slip = await cli.run("data check plant-lvoer --data data");
    expect(slip.code).toBe(2);
    expect(slip.stderr).toContain('Did you mean "plant-lover"?');
    expect((await cli.run("data check nowhere.csv")).stderr).toContain("got no such file");
  });

  it("without a data folder looks at the built-in sets, and says so", async () => {
    const { code, stdout, stderr } = await cli.run("data check refusal");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^refusal: valid, in built-in\ndirection: as-named; /);
    expect(stderr).toMatch(/^data: the built-in sets, .*caa data download/);
    expect((await cli.run("data check refusel")).stderr).toContain('Did you mean "refusal"?');
  });
});

describe("behaviors as paths", () => {
  const pairs = csv(
    Array.from({ length: 8 }, (_, i) => `"What, on day ${i}?",plants ${i},cables ${i}`),
  );
  const tests = csv(["Today?,plants,cables", "Tomorrow?,trees,wires"]);

  it("go from a folder of plain pairs to vectors and to a test, by the name in behavior.json", async () => {
    await cli.put("my sets/plants/behavior.json", { name: "plant-fan", meaning: "likes plants" });
    await put("my sets/plants/generate.csv", pairs);
    await put("my sets/plants/test.csv", tests);
    const made = await cli.run(["vectors", "generate", "--behaviors", "my sets/plants", "--json"]);
    expect(made.code).toBe(0);
    expect(made.stderr).toContain("plant-fan: plain pairs became two-choice questions");
    expect(JSON.parse(made.stdout).vectors[0]).toMatchObject({
      behavior: "plant-fan",
      pairs: 8,
      file: "vectors/plant-fan/fake--model.safetensors",
    });
    const line = ["eval", "--behaviors", "./my sets/plants/test.csv", "--layers", "2", "--json"];
    const { code, stdout, stderr } = await cli.run(line);
    expect(code).toBe(0);
    expect(stderr).not.toContain("very items");
    expect(JSON.parse(stdout).runs[0].cells[0].summary.n).toBe(2);
  });

  it("of one file say that a test on it is on the pairs of the vectors", async () => {
    await put("plants.csv", pairs);
    expect((await cli.run("vectors generate --behaviors plants.csv")).code).toBe(0);
    const { code, stderr } = await cli.run("eval --behaviors plants.csv --layers 2");
    expect(code).toBe(0);
    expect(stderr).toContain("note: plants is tested on the very items");
  });

  it("mix with names, and never share one", async () => {
    await put("kind.csv", pairs);
    await put("kind.jsonl", '{"positive": "a", "negative": "b"}');
    await put("other.jsonl", '{"positive": "a", "negative": "b"}');
    const mixed = "vectors generate --data data --behaviors kind ./other.jsonl --json";
    const { stdout } = await cli.run(mixed);
    const names = JSON.parse(stdout).vectors.map(({ behavior }: { behavior: string }) => behavior);
    expect(names).toEqual(["kind", "other"]);
    const before = cli.opened;
    const twice = await cli.run("vectors generate --behaviors kind.csv kind.jsonl");
    expect(twice.code).toBe(2);
    expect(twice.stderr).toMatch(/got kind\.csv and kind\.jsonl, both named kind/);
    const other = await cli.run("vectors generate --data data --behaviors kind.csv");
    expect(other.stderr).toMatch(/another data set, number of pairs|another data set/);
    const missing = await cli.run("vectors generate --behaviors data/test/kind");
    expect(missing.stderr).toMatch(/expected contrast pairs, got only test_dataset_ab\.json/);
    const folder = await cli.run("vectors generate --data data --behaviors vectors");
    expect(folder.stderr).toMatch(/To mean the folder vectors here, write \.\/vectors/);
    expect(cli.opened).toBe(before + 1); // for `other` alone: the rest was refused before
  });

  it("name file, line and field before a model is opened", async () => {
    await put("bad.csv", csv(["Good?,yes,no", "Bad?,yes,"]));
    const { code, stderr } = await cli.run("vectors generate --behaviors bad.csv");
    expect(code).toBe(2);
    expect(stderr).toContain(
      "bad.csv: item 2 (line 3), field negative: expected a text, got blanks",
    );
    expect(cli.opened).toBe(0);
  });

  it("are not needed: without a data folder the built-in sets are used, and that is said", async () => {
    const made = await cli.run("vectors generate --behaviors refusal --limit 8 --json");
    expect(made.code).toBe(0);
    expect(made.stderr).toContain("data: the built-in sets");
    const { code, stdout } = await cli.run("eval --behaviors refusal --layers 2 --limit 4 --json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).runs[0].cells[0].summary.n).toBe(4);
    const slip = await cli.run("vectors generate --behaviors refusl");
    expect(slip.code).toBe(2);
    expect(slip.stderr).toContain('Did you mean "refusal"?');
  });
});
