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
    "checkBehavior",
    "directedBehavior",
    "findBehaviorAt",
    "findBehaviors",
    "findDataFile",
    "findNamedBehavior",
    "formatPlace",
    "isBehaviorPath",
    "isDataRoot",
    "nameBehavior",
    "offeredLetters",
    "parseAnswerLetter",
    "readAbTestSet",
    "readBehaviorFile",
    "readGenerateSet",
    "readOpenEndedSet",
    "splitChoices",
    "suggest",
  ]);
});
