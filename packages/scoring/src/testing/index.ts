export { startMockJudge } from "./mock-judge.ts";
export type { MockJudge, MockJudgeOptions, MockReply, MockRequest } from "./mock-judge.ts";
