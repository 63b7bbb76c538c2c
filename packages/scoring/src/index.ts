export { agreementOf, selfAgreement } from "./agreement/agreement.ts";
export { krippendorffAlpha } from "./agreement/krippendorff-alpha.ts";
export { quadraticKappa } from "./agreement/quadratic-kappa.ts";
export { FolderCache, MemoryCache } from "./cache/reply-cache.ts";
export { costOf, estimateRequests } from "./cost/estimate.ts";
export { isExposed } from "./judge/base-url.ts";
export { judgeAnswers } from "./judge/judge-answers.ts";
export { createOpenAiJudge, OPENAI_URL } from "./judge/openai-judge.ts";
export { estimateProbe, probeInjection } from "./judge/probe-injection.ts";
export { PROMPT_VERSION } from "./judge/prompt.ts";
export { SCALE } from "./judge/verdict.ts";
export { labelId, labelSheet, readLabels } from "./labels/labels.ts";
export { readScoredCell, scoredCellSchema, SCORES_VERSION } from "./scores/scored-file.ts";
export { scoreChange } from "./summary/score-change.ts";
export { scoreOf, summarizeScores } from "./summary/summarize.ts";
export type { Agreement, SelfAgreement } from "./agreement/agreement.ts";
export type { MeasurementLevel } from "./agreement/krippendorff-alpha.ts";
export type { ReplyCache } from "./cache/reply-cache.ts";
export type { Estimate, Prices } from "./cost/estimate.ts";
export type {
  JudgeAnswersOptions,
  JudgeProgress,
  JudgeRun,
  JudgeUsage,
} from "./judge/judge-answers.ts";
export type { JudgedAnswer, Judgment } from "./judge/judged-answer.ts";
export type { AskOptions, JudgeModel, JudgeReply } from "./judge/judge-model.ts";
export type { Fetch } from "./judge/limited-fetch.ts";
export type { OpenAiJudgeOptions } from "./judge/openai-judge.ts";
export type { PlanOptions } from "./judge/plan-requests.ts";
export type { InjectionProbe, ProbeOptions } from "./judge/probe-injection.ts";
export type { Message, Prompt, ReplyForm } from "./judge/prompt.ts";
export type { Sleep } from "./judge/sleep.ts";
export type { UnscoredReason } from "./judge/verdict.ts";
export type { JudgeRecord, ScoredCell, ScoredRow } from "./scores/scored-file.ts";
export type { ScoreChange } from "./summary/score-change.ts";
export type { AnswerScore, ScoreSummary, SummaryOptions } from "./summary/summarize.ts";
