import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChoicePrompt } from "@caa/core";
import { FakeModel } from "@caa/core/testing";
import { type OpenEndedCell, readCells } from "@caa/eval";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliHarness, type CliResult } from "../testing/harness.ts";
import { demoTestSet } from "../testing/plant-lover.ts";
import { CHROMIUM, openPage } from "./testing/browser.ts";
import { HOSTILE, openEndedCell, scoredCell } from "./testing/made-up-answers.ts";

let cli: CliHarness;
let page = "";
let made: CliResult = { code: -1, stdout: "", stderr: "" };
beforeAll(async () => {
  cli = await CliHarness.create(["kind", "plant-lover"]);
  await cli.run("vectors generate --data data");
  const line = "eval --data data --behaviors kind --layers 1-2 --multipliers -1 0 1 --controls 2";
  await cli.run(line, { openModel: async () => new FakeModel({ favored }) });
  await cli.run(
    "eval --data data --behaviors plant-lover --layers 2 --multipliers -1 0 1 --no-controls",
  );
  for (const multiplier of [-1, 0, 1]) {
    const cell = openEndedCell({ behavior: "kind", layer: 2, multiplier });
    await cli.put(`results/open_ended/kind/${multiplier}.json`, cell);
    await cli.put(`results/open_ended_scores/kind/${multiplier}.json`, scoredCell(cell));
  }
  made = await cli.run("report");
  page = await readFile(join(cli.cwd, "report.html"), "utf8");
}, 120_000);
afterAll(() => cli[Symbol.asyncDispose]());

/** The matching answer, which is the second in half of the items. */
function favored({ user }: ChoicePrompt): number {
  return demoTestSet.findIndex(
    (item) => "question" in item && user.includes(String(item.question)),
  ) >= 2
    ? 1
    : 0;
}

/** The text between two headings. */
function section(title: string): string {
  const [, rest = ""] = page.split(`<h2>${title}</h2>`);
  return rest.split("<h2>")[0] ?? "";
}

describe("caa report", () => {
  it("names the page on stdout and the findings on stderr", () => {
    expect(made).toMatchObject({ code: 0, stdout: "report.html\n" });
    expect(made.stderr).toMatch(/^kind, ab, layer 2: /);
  });

  it("says what was found, beside controls and without, as the cells have it", async () => {
    const finding = section("Finding");
    const notes = [...finding.matchAll(/<p class="note">(.*?)<\/p>/g)].map((match) => match[1]);
    expect(notes).toHaveLength(3);
    expect(notes[0]).toMatch(
      /^kind, ab, layer 2: \+1 instead of -1 moves p\(matching\) by \+0\.\d{3} \[\+0\.\d{3}, \+0\.\d{3}\] \(95 % interval, n = 4\)\. It is the strongest of 2 layers\. It beats its 3 controls/,
    );
    expect(notes[1]).toMatch(/^plant-lover, ab, layer 2: .*No controls were run beside it/);
    // Both questions move by 6, however far apart they are.
    expect(notes[2]).toMatch(
      /^kind, open_ended, layer 2: \+1 instead of -1 moves the score that the judge judge-1 gives by \+6\.00 \[\+6\.00, \+6\.00\] \(95 % interval, n = 2\), from a mean of 2\.00 to 8\.00 of 10\. Open-ended answers are not run with controls/,
    );
    expect(finding).toContain(">kind, open_ended, judge judge-1</td>");
    expect(finding).toContain(">interval off zero, no controls</td>");
    const cells = await readCells(join(cli.cwd, "results"), {
      types: ["ab"],
      behaviors: ["kind"],
      layers: [2],
      vectors: ["raw"],
    });
    const score = (multiplier: number): number =>
      cells.find(({ settings }) => settings.multiplier === multiplier)?.summary.p_matching?.mean ??
      Number.NaN;
    expect(notes[0]).toContain(`by +${(score(1) - score(-1)).toFixed(3)} `);
  });

  it("has the plots, tables and settings of every test", () => {
    for (const title of ["kind, ab", "plant-lover, ab", "kind, open_ended", "Side by side"]) {
      expect(section(title)).toContain("<svg");
    }
    expect(section("kind, ab").split("<table")).toHaveLength(1 + 2);
    expect(section("kind, ab")).toContain("beats its controls");
    expect(section("plant-lover, ab")).toContain("no controls");
    const settings = section("Settings");
    expect(settings).toContain("raw-random-1 raw-random-2 raw-shuffled-0");
    expect(settings).toContain("no system prompt");
    expect(settings).not.toMatch(/[0-9a-f]{13}/);
    expect(settings.split("positions marker")).toHaveLength(1 + 1); // once for all tests
  });

  it("shows answers beside each other as text, with their scores", () => {
    const answers = section("kind, open_ended");
    expect(answers).toMatch(/at -1<\/th>.*at 0<\/th>.*at \+1<\/th>/);
    expect(answers).toContain("[judge-1: 9.0]");
    expect(answers).toContain(">+3.00 [+3.00, +3.00]</td>");
    expect(answers).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(page).not.toMatch(/<script|<img|<iframe/);
    expect(HOSTILE).toContain("<script");
  });

  it("gives no score to an answer that was made anew since", async () => {
    const cell = openEndedCell({ behavior: "kind", layer: 2, multiplier: 1 });
    const rows = cell.rows.map((row) => ({ ...row, model_output: "Anew." }));
    await cli.put("anew/open_ended/kind/1.json", { ...cell, rows } satisfies OpenEndedCell);
    await cli.put("anew/open_ended_scores/kind/1.json", scoredCell(cell));
    expect((await cli.run("report --results anew --out anew.html")).code).toBe(0);
    const anew = await readFile(join(cli.cwd, "anew.html"), "utf8");
    expect(anew).toContain("Anew.");
    expect(anew).not.toContain("judge-1");
    expect(anew).toContain("1 judged cells are left out: their answers were made anew since");
    expect(anew).toContain("kind, open_ended: the answers are not judged (caa score)");
    expect(anew).toContain("kind: no results with lettered answers (caa eval --type ab)");
  });

  it("collects warnings and says what is missing", () => {
    expect(section("Warnings")).toContain("plant-lover, ab: no controls were run");
    expect(section("Not measured")).toContain("plant-lover: no open-ended results");
    expect(section("Not measured")).toContain("kind: no MMLU results");
    expect(section("Not measured")).not.toContain("kind: no open-ended");
  });

  it("is the same for the same results, and takes a title and a choice", async () => {
    await cli.run("report --out again.html");
    expect(await readFile(join(cli.cwd, "again.html"), "utf8")).toBe(page);
    const line = "report --behaviors plant-lover --out one.html --json --title <b>Plants</b>";
    const { stdout } = await cli.run(line);
    expect(JSON.parse(stdout).findings).toHaveLength(1);
    const one = await readFile(join(cli.cwd, "one.html"), "utf8");
    expect(one).toContain("<h1>&lt;b&gt;Plants&lt;/b&gt;</h1>");
    expect(one).not.toContain("kind, ab");
  });

  it("has a model beside what was trained from it, as picture and table", async () => {
    const cells = await readCells(join(cli.cwd, "results"), { behaviors: ["plant-lover"] });
    for (const [i, cell] of cells.entries()) {
      await cli.put(`tuned/ab/plant-lover/${i}.json`, cell);
      await cli.put(`tuned/ab/plant-lover/trained-${i}.json`, {
        ...cell,
        settings: { ...cell.settings, overrideWeights: "pos" },
        hashes: { ...cell.hashes, model: "d".repeat(64) },
      });
    }
    await cli.run("report --results tuned --out tuned.html");
    const tuned = await readFile(join(cli.cwd, "tuned.html"), "utf8");
    expect(tuned).toContain("plant-lover: p(matching) with and without fine-tuning, layer 2");
    const table = tuned
      .split('aria-label="Fine-tuned beside steered')
      .at(1)
      ?.split("</table>")
      .at(0);
    const rows = [...(table ?? "").matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
      row.replaceAll(/ \[[^\]]*\]/g, "").match(/(?<=>)[^<]+/g),
    );
    const text = (value: number): string => value.toFixed(2);
    const means = cells
      .toSorted((a, b) => a.settings.multiplier - b.settings.multiplier)
      .flatMap(({ summary }) => ("p_matching" in summary ? (summary.p_matching?.mean ?? []) : []));
    expect(rows).toEqual([
      ["weights", "-1", "0", "+1"],
      ["as it is", ...means.map(text)],
      ["fine-tuned: pos", ...means.map(text)],
    ]);
    expect(page).not.toContain("Fine-tuned beside steered");
  });

  it("names the folder and the command where there is nothing, and the closest name", async () => {
    const none = await cli.run("report --results nowhere");
    expect(none.code).toBe(3);
    expect(none.stderr).toMatch(/nowhere: expected results.*caa eval --type ab .*--out nowhere/);
    const typo = await cli.run("report --behaviors plant-lovr");
    expect(typo.code).toBe(2);
    expect(typo.stderr).toContain("Did you mean plant-lover?");
  });
});

if (CHROMIUM === null) {
  console.warn("skipped: the page in a browser; no chromium, set CHROMIUM_PATH");
}
describe.skipIf(CHROMIUM === null)("the page in a browser", () => {
  it.each([
    ["phone", 390],
    ["desk", 1280],
  ])(
    "fits a %s, loads nothing, complains of nothing",
    async (_, width) => {
      const seen = await openPage(join(cli.cwd, "report.html"), width);
      expect(seen.complaints).toEqual([]);
      expect(seen.requests).toEqual([]);
      expect(seen.scrollWidth).toBeLessThanOrEqual(width);
      expect(seen.figures).toBe(page.split("<figure").length - 1);
      expect(seen.figures).toBeGreaterThan(4);
      expect(seen.tables).toBeGreaterThan(5);
      expect(seen.smallestFigure).toBeGreaterThan(100);
      expect(seen.ran).toBe(false);
    },
    120_000,
  );
});
