import { expect, it } from "vitest";
import * as contract from "./index.ts";
import * as testing from "./testing/index.ts";

it("exports what it promises", () => {
  expect(Object.keys(contract).toSorted()).toEqual([
    "FolderCache",
    "MemoryCache",
    "OPENAI_URL",
    "PROMPT_VERSION",
    "SCALE",
    "SCORES_VERSION",
    "agreementOf",
    "costOf",
    "createOpenAiJudge",
    "estimateProbe",
    "estimateRequests",
    "isExposed",
    "judgeAnswers",
    "krippendorffAlpha",
    "labelId",
    "labelSheet",
    "probeInjection",
    "quadraticKappa",
    "readLabels",
    "readScoredCell",
    "scoreChange",
    "scoreOf",
    "scoredCellSchema",
    "selfAgreement",
    "summarizeScores",
  ]);
  expect(Object.keys(testing)).toEqual(["startMockJudge"]);
});
