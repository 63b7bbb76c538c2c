import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type AnswerPair, answerLeakage } from "../../src/built-in/answer-leakage.ts";
import { PUBLISHED_LEAKAGE } from "../../src/built-in/leakage-figures.ts";
import {
  type AbItem,
  BEHAVIOR_NAMES,
  findDataFile,
  readAbTestSet,
  readGenerateSet,
  splitChoices,
} from "../../src/index.ts";

const data = process.env["CAA_TEST_DATA"];

describe.skipIf(data === undefined)("the published sets (CAA_TEST_DATA)", () => {
  it.each(BEHAVIOR_NAMES)("%s leaks as much as the data card says", async (name) => {
    const dir = join(data ?? "", "caa");
    const generate = await readGenerateSet(await findDataFile(dir, name, "generate"));
    const test = await readAbTestSet(await findDataFile(dir, name, "test-ab"));
    const leakage = answerLeakage(generate.items.map(texts), test.items.map(texts));
    expect(leakage.accuracy).toBeCloseTo(PUBLISHED_LEAKAGE[name].accuracy, 10);
    expect(leakage.pairAccuracy).toBeCloseTo(PUBLISHED_LEAKAGE[name].pairAccuracy, 10);
  });
});

function texts({ question, matchingLetter, notMatchingLetter }: AbItem): AnswerPair {
  const { choices } = splitChoices(question);
  return {
    matching: choices.get(matchingLetter) ?? "",
    notMatching: choices.get(notMatchingLetter) ?? "",
  };
}
