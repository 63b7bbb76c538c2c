import { CaaError } from "../errors/caa-error.ts";
import type { PromptText, SteeredSpan } from "../model/steerable-model.ts";
import type { SteeringStep } from "../model/steering.ts";
import { steeredSpan, type SequenceLayout } from "../steering-plan/steered-span.ts";
import { textHash } from "./text-hash.ts";

export const VOCABULARY_SIZE = 65_536;

/** A prompt as the fake model sees it: a token a word, the last one the instruction marker. */
export interface FakePrompt {
  readonly words: readonly string[];
  /** Names this prompt and no other. */
  readonly key: string;
}

export function fakePrompt(prompt: PromptText): FakePrompt {
  const words = `${prompt.system ?? ""} ${prompt.user}`.split(/\s+/).filter((word) => word !== "");
  return {
    words: ["[INST]", ...words, "[/INST]"],
    key: JSON.stringify([prompt.system ?? null, prompt.user]),
  };
}

export const tokenId = (word: string): number => textHash("token", word) % VOCABULARY_SIZE;

/** The prompt with `forced` tokens of an answer behind it, as steering sees it. */
export function layoutOf(prompt: FakePrompt, forced: number): SequenceLayout {
  const promptLength = prompt.words.length;
  return { markerIndex: promptLength - 1, promptLength, sequenceLength: promptLength + forced };
}

/**
 * From the first to the last position that any step steers; null without steps.
 * @param growing how many tokens may still come; a step that would only act there is right, and steers none yet
 * @throws {CaaError} `empty-selection` for a step that would steer no token
 */
export function checkedSpan(
  steps: readonly SteeringStep[],
  layout: SequenceLayout,
  growing = 0,
): SteeredSpan | null {
  const length = layout.sequenceLength;
  const ranges = steps.map((step) => {
    const range = steeredSpan(step.positions, { ...layout, sequenceLength: length + growing });
    if (range === null) {
      throw new CaaError(
        "empty-selection",
        `steering "${step.name}" at layer ${step.layer}: no token of ${length + growing} would be steered`,
      );
    }
    return range;
  });
  if (ranges.length === 0) {
    return null;
  }
  const first = Math.min(...ranges.map((range) => range.first));
  const last = Math.min(length - 1, Math.max(...ranges.map((range) => range.last)));
  return { first, count: Math.max(0, last - first + 1) };
}
