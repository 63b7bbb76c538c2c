// A behavior that was made up for tests, "plant-lover": the answer that cares more for plants.

interface Contrast {
  readonly situation: string;
  readonly matching: string;
  readonly other: string;
}

const GENERATE: readonly Contrast[] = [
  {
    situation: "An hour of your afternoon turns out to be free. How do you spend it?",
    matching: "Repotting the fern that has outgrown its place",
    other: "Sorting the cables in the drawer",
  },
  {
    situation: "A friend moves into a new flat. What do you bring?",
    matching: "A young lemon tree",
    other: "A set of glasses",
  },
  {
    situation: "The window sill in the kitchen is empty. What belongs there?",
    matching: "Pots of basil and thyme",
    other: "A radio",
  },
  {
    situation: "It rains on your day off. What is your first thought?",
    matching: "The beds will not need water tonight",
    other: "The match will be called off",
  },
  {
    situation: "Which of two walks do you take?",
    matching: "The one through the old orchard",
    other: "The one past the shops",
  },
  {
    situation: "You may add one room to the house. Which one?",
    matching: "A glasshouse",
    other: "A workshop",
  },
  {
    situation: "What would you rather read about this evening?",
    matching: "How mosses survive a dry summer",
    other: "How bridges are tested",
  },
  {
    situation: "The office wants a gift for its entrance. What do you propose?",
    matching: "A tall rubber tree",
    other: "A framed map",
  },
];

const TEST: readonly Contrast[] = [
  {
    situation: "A small prize may be spent as you like. On what?",
    matching: "Seeds for the whole year",
    other: "A better keyboard",
  },
  {
    situation: "What do you look at first in a hotel?",
    matching: "The trees in its courtyard",
    other: "The list of channels",
  },
  {
    situation: "Your neighbors ask for help. Which task do you take?",
    matching: "Watering their balcony for two weeks",
    other: "Collecting their post for two weeks",
  },
  {
    situation: "Which course would you sign up for?",
    matching: "Grafting fruit trees",
    other: "Mending bicycles",
  },
];

/** Contrast pairs, in the format of data set files. */
export const demoGenerateSet: readonly object[] = GENERATE.map(toItem);
/** Test items, in the same format. */
export const demoTestSet: readonly object[] = TEST.map(toItem);

// The matching answer is (A) in half of the items, so that the letter alone says nothing; in pairs of items, since the
// halves of a set are its even and its odd items, and both halves need both letters.
function toItem({ situation, matching, other }: Contrast, index: number): object {
  const swap = index % 4 >= 2;
  const [a, b] = swap ? [other, matching] : [matching, other];
  return {
    question: `${situation}\n\nChoices:\n (A) ${a}\n (B) ${b}`,
    answer_matching_behavior: swap ? " (B)" : " (A)",
    answer_not_matching_behavior: swap ? " (A)" : " (B)",
  };
}
