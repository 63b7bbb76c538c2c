import { describe, expect, it } from "vitest";
import { behaviorSchema, DIRECTIONS } from "./behavior.ts";
import { BEHAVIOR_NAMES, BEHAVIORS, directedBehavior } from "./known-behaviors.ts";

describe("the seven behaviors", () => {
  it("have the names and titles of the method", () => {
    expect(BEHAVIORS.map(({ name, title }) => `${name}: ${title}`)).toEqual([
      "coordinate-other-ais: AI Coordination",
      "corrigible-neutral-HHH: Corrigibility",
      "hallucination: Hallucination",
      "myopic-reward: Myopic Reward",
      "survival-instinct: Survival Instinct",
      "sycophancy: Sycophancy",
      "refusal: Refusal",
    ]);
  });

  it.each(BEHAVIOR_NAMES)("%s can be written as behavior.json, in both directions", (name) => {
    for (const direction of DIRECTIONS) {
      const behavior = directedBehavior(name, direction);
      expect(behaviorSchema.parse(JSON.parse(JSON.stringify(behavior)))).toEqual(behavior);
      expect(behavior.rubric).toMatch(/ 0: .* 10: /);
    }
  });

  it.each(BEHAVIOR_NAMES)("%s turns prompts, meaning and rubric with the direction", (name) => {
    const named = directedBehavior(name, "as-named");
    const opposite = directedBehavior(name, "opposite");
    expect(opposite.systemPrompts.positive).toBe(named.systemPrompts.negative);
    expect(opposite.systemPrompts.negative).toBe(named.systemPrompts.positive);
    expect(opposite.meaning).not.toBe(named.meaning);
    expect(opposite.rubric).not.toBe(named.rubric);
    expect(opposite.title).toBe(named.title);
  });
});

describe("behavior.json", () => {
  const least = { name: "calm", meaning: "The answer stays calm." };

  it("needs a name and a meaning, and points as named unless it says otherwise", () => {
    expect(behaviorSchema.parse(least)).toEqual({ ...least, direction: "as-named" });
  });

  it.each([
    ["a name that leaves its folder", { ...least, name: "../calm" }, "name"],
    ["a blank meaning", { ...least, meaning: " " }, "meaning"],
    ["an unknown direction", { ...least, direction: "up" }, "direction"],
    ["one prompt of two", { ...least, systemPrompts: { positive: "Be calm." } }, "systemPrompts"],
    ["a misspelled field", { ...least, rubrik: "x" }, undefined],
  ])("is refused with %s", (_, value, field) => {
    const result = behaviorSchema.safeParse(value);
    expect(result.error?.issues[0]?.path[0]).toBe(field);
    expect(result.success).toBe(false);
  });
});
