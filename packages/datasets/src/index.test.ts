import { expect, it } from "vitest";
import * as contract from "./index.ts";

it("exports what it promises", () => {
  expect(Object.keys(contract).toSorted()).toEqual([
    "BEHAVIORS",
    "BEHAVIOR_NAMES",
    "DIRECTIONS",
    "LETTERS",
    "MAX_FILE_BYTES",
    "MAX_ITEMS",
    "MAX_TEXT_LENGTH",
    "behaviorSchema",
    "directedBehavior",
    "findBehaviors",
    "findDataFile",
    "offeredLetters",
    "parseAnswerLetter",
    "readAbTestSet",
    "readGenerateSet",
    "readOpenEndedSet",
    "splitChoices",
    "suggest",
  ]);
});
