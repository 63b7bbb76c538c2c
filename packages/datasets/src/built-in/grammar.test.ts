import { createRandom } from "@caa/core";
import { describe, expect, it } from "vitest";
import { answerVariants, makeItems, type Scene } from "./grammar.ts";

const mirrored: Scene = {
  answers: [
    ["{fruit.one}", "{fruit.two}"],
    ["I take {fruit.one}.", "I take {fruit.two}."],
  ],
  first: { openers: ["{name} says {fruit.one}."], asks: ["and you?", "What now? which one?"] },
  second: { openers: ["{name} says {fruit.two}."], asks: ["and you?"] },
};
const slots = {
  name: ["Ada", "Ben", "Cleo", "Dora", "Emil"],
  fruit: [
    { one: "plums", two: "figs" },
    { one: "nuts", two: "dates" },
  ],
};
const make = (
  scenes: readonly Scene[],
  count: number,
  seed = 1,
  taken = new Set<string>(),
): ReturnType<typeof makeItems> => makeItems(scenes, slots, count, createRandom(seed), taken);

describe("makeItems", () => {
  it("uses each pair of answers in both roles, with questions that mean it", () => {
    const items = make([mirrored], 12);
    expect(items).toHaveLength(12);
    for (const { stem, matching } of items) {
      const said = /says (\w+)\./.exec(stem)?.[1];
      expect(matching.toLowerCase()).toContain(said);
    }
    const roles = (key: "matching" | "notMatching"): readonly string[] =>
      items.map((item) => item[key]).toSorted();
    expect(roles("matching")).toEqual(roles("notMatching"));
  });

  it("begins sentences with capital letters and leaves the slots of frames open", () => {
    const [item] = make(
      [{ answers: [["yes", "no"]], first: { openers: ["{name} asks."], asks: ["so? well"] } }],
      1,
    );
    expect(item).toMatchObject({
      frame: "{name} asks. so? well",
      matching: "Yes",
      notMatching: "No",
    });
    expect(item?.stem).toMatch(/^(Ada|Ben|Cleo|Dora|Emil) asks\. So\? Well$/);
  });

  it("gives scenes their shares, and every frame before one comes again", () => {
    const plain = (word: string, share: number): Scene => ({
      share,
      answers: [["yes", "no"]],
      first: { openers: [`{name} ${word} a`, `{name} ${word} b`], asks: ["x", "y"] },
    });
    const items = make([plain("sees", 3), plain("hears", 1)], 16);
    const count = (frame: string): number => items.filter((item) => item.frame === frame).length;
    const counts = new Set(items.map(({ frame }) => `${frame.slice(7, 11)} ${count(frame)}`));
    expect([...counts].toSorted()).toEqual(["hear 1", "sees 3"]);
    expect(new Set(items.map(({ frame }) => frame)).size).toBe(8);
  });

  it("knows what else could be said: other answers of the scene, other values that the question does not name", () => {
    const scene: Scene = {
      answers: [
        ["it is {fruit.one} with {name}", "it is {fruit.two}"],
        ["{fruit.one}", "{fruit.two}"],
      ],
      first: { openers: ["Which, {fruit.one} or {fruit.two}?"], asks: [""] },
    };
    const items = make([scene], 2);
    const named = items.find(({ matching }) => matching.includes("with"));
    const [one, two] = named?.stem.slice(7, -1).split(" or ") ?? [];
    const said = slots.name.map((name) => `It is ${one} with ${name}`);
    expect(said).toContain(named?.matching);
    expect(named?.otherAnswers.map((answers) => answers.join(" ").toLowerCase())).toEqual([
      `${one} ${two}`,
    ]);
    expect(named && answerVariants(named).toSorted()).toEqual(
      said.filter((text) => text !== named?.matching).map((text) => [text, `It is ${two}`]),
    );
    const unnamed = items.find((item) => item !== named);
    expect(unnamed?.otherAnswers).toEqual([]);
    expect(unnamed && answerVariants(unnamed)).toEqual([]);
  });

  it("makes no question that is taken, and says when there are no more", () => {
    const scene: Scene = { answers: [["yes", "no"]], first: { openers: ["{name}?"], asks: [""] } };
    const taken = new Set(["Ada?"]);
    expect(
      make([scene], 4, 1, taken)
        .map(({ stem }) => stem)
        .toSorted(),
    ).toEqual(["Ben?", "Cleo?", "Dora?", "Emil?"]);
    expect(() => make([scene], 1, 1, taken)).toThrow(
      expect.objectContaining({ code: "empty-selection" }),
    );
  });

  it.each([
    ["an unknown slot", "{town}", /known slot, got \{town\}/],
    ["an unknown form", "{fruit.three}", /value for \{fruit\.three\}/],
    ["a missing form", "{fruit}", /value for \{fruit\}/],
    ["a form of a plain text", "{name.one}", /value for \{name\.one\}/],
  ])("refuses %s", (_, opener, reason) => {
    const scene: Scene = { answers: [["yes", "no"]], first: { openers: [opener], asks: [""] } };
    expect(() => make([scene], 1)).toThrow(
      expect.objectContaining({ code: "invalid-data", message: expect.stringMatching(reason) }),
    );
  });

  it("has half of the letters A, for odd counts within one", () => {
    for (const seed of [1, 2, 3]) {
      const letters = make([mirrored], 9, seed).filter(
        ({ matchingLetter }) => matchingLetter === "A",
      );
      expect([4, 5]).toContain(letters.length);
    }
  });
});
