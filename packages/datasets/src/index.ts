export { behaviorSchema, DIRECTIONS } from "./behaviors/behavior.ts";
export { BEHAVIOR_NAMES, BEHAVIORS, directedBehavior } from "./behaviors/known-behaviors.ts";
export { judgeDirection, probeDirection } from "./behaviors/direction-probe.ts";
export { BUILT_IN_SEED, builtInItems } from "./built-in/built-in-items.ts";
export { builtInAbSet, builtInOpenEndedSet } from "./built-in/built-in-sets.ts";
export { builtInFiles, writeBuiltInSets } from "./built-in/built-in-files.ts";
export { classifyAnswer } from "./built-in/classify-answer.ts";
export { checkBehavior } from "./check/check-behavior.ts";
export { checkBuiltInBehavior } from "./check/check-built-in.ts";
export { downloadSources } from "./download/download-sources.ts";
export { inspectSources } from "./download/inspect-sources.ts";
export { LETTERS, parseAnswerLetter } from "./items/letter.ts";
export { offeredLetters, splitChoices } from "./items/split-choices.ts";
export { topicKey, withoutTopicsOf } from "./items/topic-key.ts";
export { nameBehavior, readBehaviorFile } from "./layout/behavior-file.ts";
export { findBehaviorAt, isBehaviorPath } from "./layout/behavior-files.ts";
export { isDataRoot } from "./layout/data-files.ts";
export { findBehaviors, findDataFile, findNamedBehavior } from "./layout/layout.ts";
export { suggest } from "./layout/suggest.ts";
export { MAX_FILE_BYTES, MAX_ITEMS, MAX_TEXT_LENGTH } from "./read/limits.ts";
export { PUBLISHED_DIRECTION } from "./process/process-behavior.ts";
export { processData } from "./process/process-data.ts";
export { PUBLISHED_SIZES, PUBLISHED_TEST_SIZES } from "./process/published-sizes.ts";
export { parseBehaviorName, parseSetName, SET_NAMES } from "./process/set-name.ts";
export { groupUnusable } from "./process/unusable.ts";
export { formatPlace } from "./read/problem.ts";
export {
  readAbTestSet,
  readChoiceSet,
  readGenerateSet,
  readOpenEndedSet,
} from "./read/read-set.ts";
export type { Behavior, Direction } from "./behaviors/behavior.ts";
export type { DirectionProbe, DirectionVerdict } from "./behaviors/direction-probe.ts";
export type { BehaviorName, FullBehavior } from "./behaviors/known-behaviors.ts";
export type { AnswerSide } from "./built-in/classify-answer.ts";
export type { BuiltInOptions } from "./built-in/built-in-items.ts";
export type { GrammarItem } from "./built-in/grammar.ts";
export type { WriteBuiltInOptions } from "./built-in/built-in-files.ts";
export type {
  BehaviorReport,
  DirectionReport,
  FileReport,
  Leak,
  Lengths,
  Place,
  Repetition,
  Warning,
} from "./check/report.ts";
export type { CheckOptions } from "./check/check-behavior.ts";
export type { SourceState } from "./download/inspect-sources.ts";
export type { Match } from "./download/match.ts";
export type {
  DownloadSourcesOptions,
  SourceFileReport,
  SourceProgress,
  SourceReport,
} from "./download/source-job.ts";
export type { AbItem } from "./items/ab-item.ts";
export type { ChoiceItem } from "./items/choice-item.ts";
export type { Letter } from "./items/letter.ts";
export type { OpenEndedItem } from "./items/open-ended-item.ts";
export type { SplitQuestion } from "./items/split-choices.ts";
export type { BehaviorFiles } from "./layout/behavior-files.ts";
export type { DataKind } from "./layout/data-files.ts";
export type { FindOptions } from "./layout/layout.ts";
export type { FileRecord, Manifest, SetEntry } from "./process/manifest.ts";
export type {
  FailedSet,
  ProcessOptions,
  ProcessReport,
  SetReport,
  SizeCheck,
} from "./process/process-data.ts";
export type { PublishedSizes } from "./process/published-sizes.ts";
export type { SetName } from "./process/set-name.ts";
export type { UnusableGroup } from "./process/unusable.ts";
export type { Problem } from "./read/problem.ts";
export type { DataSet, ReadSetOptions } from "./read/read-set.ts";
export type { Origin, Source, SourceFile } from "./sources/source.ts";
