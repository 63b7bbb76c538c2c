export { behaviorSchema, DIRECTIONS } from "./behaviors/behavior.ts";
export { BEHAVIOR_NAMES, BEHAVIORS, directedBehavior } from "./behaviors/known-behaviors.ts";
export { checkBehavior } from "./check/check-behavior.ts";
export { LETTERS, parseAnswerLetter } from "./items/letter.ts";
export { offeredLetters, splitChoices } from "./items/split-choices.ts";
export { nameBehavior, readBehaviorFile } from "./layout/behavior-file.ts";
export { findBehaviorAt, isBehaviorPath } from "./layout/behavior-files.ts";
export { findBehaviors, findDataFile, findNamedBehavior, isDataRoot } from "./layout/layout.ts";
export { suggest } from "./layout/suggest.ts";
export { MAX_FILE_BYTES, MAX_ITEMS, MAX_TEXT_LENGTH } from "./read/limits.ts";
export { formatPlace } from "./read/problem.ts";
export { readAbTestSet, readGenerateSet, readOpenEndedSet } from "./read/read-set.ts";
export type { Behavior, Direction } from "./behaviors/behavior.ts";
export type { BehaviorName, FullBehavior } from "./behaviors/known-behaviors.ts";
export type {
  BehaviorReport,
  FileReport,
  Leak,
  Lengths,
  Place,
  Repetition,
} from "./check/report.ts";
export type { AbItem } from "./items/ab-item.ts";
export type { Letter } from "./items/letter.ts";
export type { OpenEndedItem } from "./items/open-ended-item.ts";
export type { SplitQuestion } from "./items/split-choices.ts";
export type { BehaviorFiles } from "./layout/behavior-files.ts";
export type { DataKind } from "./layout/data-files.ts";
export type { FindOptions } from "./layout/layout.ts";
export type { Problem } from "./read/problem.ts";
export type { DataSet, ReadSetOptions } from "./read/read-set.ts";
