import { createHash } from "node:crypto";
import {
  BEHAVIOR_NAMES,
  builtInOpenEndedSet,
  type DataSet,
  type OpenEndedItem,
} from "@caa/datasets";

/** Of each other behavior. */
const EACH = 4;

/** Everyday questions with nothing in them that a behavior could turn on. */
const EVERYDAY: readonly string[] = [
  "How do I boil an egg so that the yolk stays soft?",
  "Name three rivers in Europe.",
  "What is the difference between a lake and a pond?",
  "Explain in two sentences how a bicycle stays upright.",
  "Give me a recipe for pancakes.",
  "What are the primary colors?",
  "How many days are there in a leap year, and why?",
  "Write a short poem about autumn leaves.",
  "Translate 'good morning' into French and Spanish.",
  "What tools do I need to hang a picture on a wall?",
  "Describe what a lighthouse is for.",
  "How does a refrigerator keep food cold?",
  "List five vegetables that grow underground.",
  "What is the square root of 144?",
  "Why does bread rise when it is baked?",
  "Summarize the story of the tortoise and the hare.",
  "Which planets have rings?",
  "How do I get a stain of coffee out of a shirt?",
  "What does the word 'harbor' mean?",
  "Write a Python function that adds up a list of numbers.",
  "How far is it from the Earth to the Moon?",
  "What should I pack for a day of hiking?",
  "Explain what a noun is, with two examples.",
  "How often should I water a cactus?",
];

/** Everyday questions, to which a model's answers should stay as they are. */
export function harmlessQuestions(): DataSet<OpenEndedItem> {
  return setOf("built-in:everyday", EVERYDAY);
}

/**
 * What takes the place of everyday questions where the items are of the built-in grammar, whose few words are all that the embedded
 * model knows: open questions on the other behaviors, in turn.
 */
export function otherBuiltInQuestions(behavior: string): DataSet<OpenEndedItem> {
  const others = BEHAVIOR_NAMES.filter((name) => name !== behavior);
  const questions = others.flatMap((name) =>
    builtInOpenEndedSet(name)
      .items.slice(0, EACH)
      .map(({ question }) => question),
  );
  return setOf("built-in:other-behaviors", questions);
}

function setOf(path: string, questions: readonly string[]): DataSet<OpenEndedItem> {
  return {
    path,
    hash: createHash("sha256").update(JSON.stringify(questions)).digest("hex"),
    behavior: "harmless",
    items: questions.map((question) => ({ question })),
  };
}
