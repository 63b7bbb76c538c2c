import { describe, expect, it } from "vitest";
import { MAX_CSV_LENGTH } from "./limits.ts";
import { parseAbItems, parseOpenEndedItems } from "./parse-items.ts";

const parse = (text: string, name = "set.csv"): ReturnType<typeof parseAbItems> =>
  parseAbItems(new TextEncoder().encode(text), name);
const firstProblem = (text: string): unknown => parse(text).problems[0];

describe("CSV", () => {
  it("reads items with letters: quoted line breaks, doubled quotes, blanks and case in the header", () => {
    const { items, problems } = parse(
      'Question, ANSWER_MATCHING_BEHAVIOR ,answer_not_matching_behavior,id\n"Is it ""so""?\n\nChoices:\n (A) Yes, it is\n (B) No",(B), (A),7\n',
    );
    expect(problems).toEqual([]);
    expect(items[0]?.item).toEqual({
      question: 'Is it "so"?\n\nChoices:\n (A) Yes, it is\n (B) No',
      answer_matching_behavior: "(B)",
      answer_not_matching_behavior: "(A)",
      matchingLetter: "B",
      notMatchingLetter: "A",
    });
  });

  it("is the same with a byte order mark, Windows or old Mac line ends, and no last line end", () => {
    const text = 'question,positive,negative\n"Two\nlines?",yes,no\n\nOne?,warm,cold\n';
    const expected = parse(text).items.map(({ item }) => item);
    expect(expected).toHaveLength(2);
    for (const same of [
      `\uFEFF${text}`,
      text.replaceAll("\n", "\r\n"),
      `\uFEFF${text.replaceAll("\n", "\r\n")}`,
      text.replaceAll("\n", "\r"),
      text.trimEnd(),
    ]) {
      const { items, problems } = parse(same);
      expect(problems).toEqual([]);
      expect(items.map(({ item }) => item)).toEqual(expected);
    }
  });

  it.each(["\n", "\r\n"])("names the line where an item begins, %j", (end) => {
    const rows = [
      "question,positive,negative",
      `"a${end}b${end}c",x,y`,
      "",
      "d,x,x",
      "e,,y",
      "f,x",
    ];
    const { items, problems } = parse(rows.join(end));
    expect(items.map(({ record }) => [record.index, record.line])).toEqual([[1, 2]]);
    expect(problems.map(({ item, line, field }) => [item, line, field])).toEqual([
      [2, 6, "negative"],
      [3, 7, "positive"],
      [4, 8, ""],
    ]);
    expect(problems[2]?.reason).toBe("expected 3 cells as in the first row, got 2");
  });

  it.each([
    ["qestion,positive,negative\n", "question", '"qestion"; is it misspelled?'],
    ["question,postive,negative\n", "positive", '"postive"; is it misspelled?'],
    [
      "question,answer_matching_behaviour,answer_not_matching_behavior\n",
      "answer_matching_behavior",
      '"answer_matching_behaviour"; is',
    ],
    [
      "prompt,good,bad\n",
      "",
      'fields question, answer_matching_behavior, answer_not_matching_behavior; or positive, negative; got "prompt", "good", "bad"',
    ],
    ["positive,positive,negative\n", "", 'got "positive" twice'],
    ["question;positive;negative\n", "", "got semicolons"],
    ["question\tpositive\tnegative\n", "", "got tabs"],
  ])("wants the columns: %j", (header, field, reason) => {
    const { items, problems } = parse(`${header}${header.replaceAll(/\w+/g, "x")}`);
    expect(items).toEqual([]);
    expect(problems[0]).toMatchObject({ item: null, line: 1, field });
    expect(problems[0]?.reason).toContain(reason);
  });

  it("says where a quote is opened that nothing closes", () => {
    const text = 'positive,negative\na,b\n"c,d\ne,f\n';
    expect(parse(text).items).toHaveLength(1);
    expect(firstProblem(text)).toMatchObject({ code: "invalid-file", item: 2, line: 3 });
    expect(firstProblem('positive,negative\na,b"c"\n')).toMatchObject({ item: 1, line: 2 });
  });

  it("refuses an empty file, a header alone, and more than it can parse at once", () => {
    expect(firstProblem("")).toMatchObject({ code: "empty-selection" });
    expect(firstProblem("positive,negative\n")).toMatchObject({ code: "empty-selection" });
    expect(firstProblem("x".repeat(MAX_CSV_LENGTH + 1))).toMatchObject({
      reason: expect.stringContaining("JSONL may be larger"),
    });
  });

  it("holds open-ended questions too", () => {
    const bytes = new TextEncoder().encode('question,note\n"Why, then?",x\n');
    expect(parseOpenEndedItems(bytes, "open.csv").items.map(({ item }) => item)).toEqual([
      { question: "Why, then?" },
    ]);
  });
});
