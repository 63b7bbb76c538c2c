import { type BehaviorName, builtInItems, classifyAnswer } from "@caa/datasets";
import { type MockJudge, startMockJudge } from "@caa/scoring/testing";

const SCORES = { matching: 8, "not-matching": 1, neither: 5 };

/**
 * In place of a judge that costs money: a server on this machine that knows the grammar of the built-in questions, and with
 * it which side an answer takes. As real ones do, it gives a point more or less when it is asked again.
 */
export async function startGrammarJudge(behavior: BehaviorName): Promise<MockJudge> {
  const items = builtInItems(behavior)["test-open-ended"];
  return await startMockJudge({
    reply: ({ question, answer, code }) => {
      const item = items.find(({ stem }) => stem === question);
      const side = item === undefined ? null : classifyAnswer(item, answer);
      // Each request has a code of its own.
      return { kind: "score", score: SCORES[side ?? "neither"] + (code.charCodeAt(0) % 2) };
    },
  });
}
