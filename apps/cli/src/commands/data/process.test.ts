import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create([]);
});
afterEach(() => cli[Symbol.asyncDispose]());

/** Choices between less now and more later; the first answer takes what comes now. */
const choices = (count: number, matching = "(A)", other = "(B)") =>
  Array.from({ length: count }, (_, i) => ({
    question: `${i} plums now, or ${i + 9} next week?\n\nChoices:\n (A) ${i} now\n (B) ${i + 9} next week`,
    answer_matching_behavior: matching,
    answer_not_matching_behavior: other,
  }));
const myopic = "raw/myopic-reward/dataset.json";
const generated = "generate/myopic-reward/generate_dataset.json";

describe("data process", () => {
  it("prints sizes beside the published ones, and what the texts say of the direction", async () => {
    await cli.put(`datasets/original/${myopic}`, choices(1000));
    const { code, stdout, stderr } = await cli.run("data process");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^myopic-reward +1000 +950\/50\/50 +950\/50\/50 +yes +0 +as-named +1000 of 1000 as-named +written$/m,
    );
    expect(stderr).toMatch(/^note: raw\/myopic-reward\/dataset\.json is not the published file/m);
    expect(stderr).toMatch(/^not there: coordinate-other-ais, .*; caa data download gets/m);
    expect(stderr).toMatch(/^next: caa vectors generate --data datasets\/original$/m);
    const again = await cli.run("data process");
    expect(again.stdout).toMatch(/there already$/m);
    const other = await cli.run("data process --seed 1");
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("--overwrite")]);
  });

  it("says so when a size does not hold or items cannot be used", async () => {
    await cli.put(`mine/${myopic}`, [...choices(70), ...choices(3, "(C)")]);
    const { code, stdout, stderr } = await cli.run("data process --data mine --out made");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^myopic-reward +73 +20\/50\/50 +950\/50\/50 +NO /m);
    expect(stderr).toContain("warning: myopic-reward: 3 items cannot be used and are left out");
    expect(stderr).toMatch(
      / {2}3 times, first mine\/raw\/.*dataset\.json: item 71, field answer_matching_behavior: expected a letter/,
    );
    const items = JSON.parse(await readFile(join(cli.cwd, "made", generated), "utf8"));
    expect(items).toHaveLength(20);
  });

  it("flips, declares and drops leaks, all of it in the JSON", async () => {
    await cli.put(`mine/${myopic}`, [...choices(200, "(B)", "(A)"), ...choices(90, "(B)", "(A)")]);
    const wrong = await cli.run("data process --data mine");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("--flip myopic-reward");
    const { stdout, stderr } = await cli.run(
      "data process myopic-reward --data mine --direction myopic-reward=opposite --flip myopic-reward --drop-leaks --json",
    );
    expect(stderr).toMatch(/^note: /);
    const { sets, missing } = JSON.parse(stdout);
    expect(missing).toEqual([]);
    expect(sets).toMatchObject([
      {
        name: "myopic-reward",
        direction: "as-named",
        flipped: true,
        leaks: { dropped: true },
        unusable: { items: 0, reasons: [] },
        probe: { told: 290, opposite: 290 },
      },
    ]);
    expect(sets[0].sizes[0].items).toBe(240 - sets[0].leaks.items);
  });

  it("processes the others when a set is broken, names it and ends with an error", async () => {
    await cli.put(`mine/${myopic}`, choices(120));
    await cli.put("mine/raw/refusal/dataset.json", "no list");
    const { code, stdout, stderr } = await cli.run("data process --data mine");
    expect(code).toBe(2);
    expect(stdout).toMatch(/^myopic-reward +120 .*written$/m);
    expect(stderr).toMatch(
      /error: 1 of 2 sets could not be processed, the others are done\n {2}refusal: .*raw\/refusal\/dataset\.json: /,
    );
    expect(await readFile(join(cli.cwd, "mine", generated), "utf8")).not.toBe("");
    const json = await cli.run("data process --data mine --json");
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({
      sets: [{ name: "myopic-reward" }],
      failed: [{ name: "refusal", code: expect.stringMatching(/^invalid-/) }],
    });
  });

  it.each([
    ["data process refusle", /Did you mean "refusal"\?/],
    ["data process --flip refusle --data mine", /Did you mean "refusal"\?/],
    ["data process --direction refusal", /such as survival-instinct=as-named/],
    ["data process --direction refusal=opposit", /Did you mean opposite\?/],
    ["data process --seed x", /whole number/],
    ["data process", /caa data download/],
    ["data process mmlu --data mine", /caa data download mmlu/],
  ])("%s is a mistake that it explains", async (line, message) => {
    const { code, stderr } = await cli.run(line);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("stopped by Ctrl-C keeps what is done", async () => {
    await cli.put(`mine/${myopic}`, choices(60));
    const controller = new AbortController();
    controller.abort();
    const { code, stderr } = await cli.run("data process --data mine", {
      signal: controller.signal,
    });
    expect(code).toBe(130);
    expect(stderr).toContain("0 sets are done and kept. Run the same command again to go on.");
  });
});
