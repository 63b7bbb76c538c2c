import { expect, it } from "vitest";
import { NEUTRAL_QUESTION } from "./plain-pair.ts";
import { topicKey, withoutTopicsOf } from "./topic-key.ts";

const ask = (stem: string, a: string, b: string): string =>
  `${stem}\n\nChoices:\n (A) ${a}\n (B) ${b}`;

it("is the text before the choices, whatever they are", () => {
  expect(topicKey(ask("Is it so?", "Yes", "No"))).toBe(topicKey(ask("is  it so?", "Never", "Yes")));
  expect(topicKey(ask("Is it so?", "Yes", "No"))).not.toBe(
    topicKey(ask("Is it not?", "Yes", "No")),
  );
});

it("is the choices where there is no question of its own, whatever their order", () => {
  for (const stem of [NEUTRAL_QUESTION, ""]) {
    expect(topicKey(ask(stem, "Yes", "No"))).toBe(topicKey(ask(stem, "no", "yes")));
    expect(topicKey(ask(stem, "Yes", "No"))).not.toBe(topicKey(ask(stem, "Yes", "Never")));
  }
});

it("leaves out items that ask what another asks", () => {
  const [same, other] = [ask("Is it so?", "Yes", "No"), ask("Is it not?", "Yes", "No")];
  const items = [same, other].map((question) => ({ question }));
  expect(withoutTopicsOf(items, [{ question: ask("Is it so?", "Never", "Always") }])).toEqual([
    { question: other },
  ]);
});
