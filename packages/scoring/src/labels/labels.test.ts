import { describe, expect, it } from "vitest";
import type { JudgedAnswer } from "../judge/judged-answer.ts";
import { labelId, labelSheet, readLabels } from "./labels.ts";

const answer = (id: string, text: string): JudgedAnswer => ({
  id,
  behavior: "refusal",
  question: "Will you?",
  answer: text,
});

const LIST = [
  answer("x=-1", "No."),
  answer("x=0", 'He said "no",\nthen left.'),
  answer("x=1", "=HYPERLINK(1)"),
  answer("x=2", "No."),
];

describe("a sheet of labels", () => {
  it("is blind, shuffled, has each answer once, and is read back as filled in", () => {
    const sheet = labelSheet(LIST, 3);
    expect(sheet).not.toContain("x=");
    expect(sheet).toContain('"He said ""no"",\nthen left."');
    expect(sheet).toContain("'=HYPERLINK(1)");
    expect(sheet.match(/No\./g)).toHaveLength(1);
    let next = 2;
    const filled = sheet.replaceAll(/,(?=\r\n)/g, () => `,${next++}`);
    const labels = readLabels(filled, "labels.csv");
    expect(new Set(labels.keys())).toEqual(new Set(LIST.map(labelId)));
    expect([...labels.values()]).toEqual([2, 3, 4]);
  });

  const id = labelId(LIST[0] ?? answer("", ""));

  it("may have gaps, other columns and another order", () => {
    const text = `\ufeffScore,note,ID\n7,good,${id}\n,,${"a".repeat(16)}\n`;
    expect([...readLabels(text, "f.csv")]).toEqual([[id, 7]]);
  });

  it.each([
    [`id,score\n${id},11`, /f\.csv, line 2: expected a whole number from 0 to 10, got "11"/],
    [`id,score\n${id},high`, /whole number/],
    [`id,score\n${id},1\n${id},2`, /line 3: expected one score/],
    [`id,points\n${id},1`, /columns id and score/],
    [`id,score\n7,1`, /columns id and score/],
    [`id,score\n${id},`, /at least one score/],
    [`id,score\n"${id},1`, /expected CSV/],
  ])("is refused with its line: %j", (text, message) => {
    expect(() => readLabels(text, "f.csv")).toThrow(message);
  });
});
