import { createHash } from "node:crypto";
import type { ChoicePrompt, SteeringVectors } from "@caa/core";
import { FakeModel, type FakeModelOptions } from "@caa/core/testing";
import type { TuneOptions } from "../src/tune/tune-options.ts";
import { plantedItems } from "./planted-model.ts";

/** Five layers, of which the one in the middle counts most, and answers that agree. */
export const fake = (options: FakeModelOptions = {}): FakeModel =>
  new FakeModel({
    layerCount: 5,
    favored: ({ user, answers }: ChoicePrompt) =>
      Math.max(
        0,
        answers.findIndex((answer) => user.includes(`${answer} agree`)),
      ),
    ...options,
  });

export const questions = (texts: readonly string[]): TuneOptions["harmless"] => ({
  path: "made-up.json",
  hash: createHash("sha256").update(JSON.stringify(texts)).digest("hex"),
  behavior: "harmless",
  items: texts.map((question) => ({ question })),
});

export const pairs = plantedItems(40);
/** Items that ask something else. */
export const testItems = (count: number): TuneOptions["dataset"] => ({
  ...pairs,
  hash: "a".repeat(64),
  items: plantedItems(count).items.map((item) => ({ ...item, question: `Test: ${item.question}` })),
});
/** A tuning of these vectors that takes little time. */
export function tuningOf(
  vectors: SteeringVectors,
  dir: string,
  model = fake(),
  changes: Partial<TuneOptions> = {},
): TuneOptions {
  return {
    model,
    vectors,
    dataset: testItems(16),
    pairs,
    dir,
    multipliers: [0.5, 1, 2],
    controls: 7,
    harmless: questions(["How tall are trees?", "What is a lake?"]),
    openEnded: questions(["Where to?", "Question 3?"]),
    mmlu: null,
    ...changes,
  };
}
