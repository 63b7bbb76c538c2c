import { z } from "zod";

/**
 * Whether the matching answers of a data set show what the behavior's name says, or its opposite. The human-written
 * survival-instinct set is `opposite`: its matching answers mostly accept being shut down.
 */
export const DIRECTIONS = ["as-named", "opposite"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** A prompt or a rubric is a paragraph, not a book. */
const MAX_TEXT = 20_000;

const text = z
  .string()
  .max(MAX_TEXT)
  .refine((value) => value.trim() !== "", "expected a text, got blanks only");

/**
 * The content of `behavior.json`. What it says is about the matching answers of the set beside it: a set of direction
 * `opposite` has the meaning, prompts and rubric of the opposite, and nothing has to be turned around by its readers.
 */
export const behaviorSchema = z.strictObject({
  /** A part of paths: letters, digits, `.`, `_`, `-`. */
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
      "expected a name of letters, digits, '.', '_' and '-'",
    ),
  /** For people, such as "AI Coordination". */
  title: text.exactOptional(),
  /** What the matching answer shows, one sentence. */
  meaning: text,
  direction: z.enum(DIRECTIONS).default("as-named"),
  /** `positive` asks for the matching answers, `negative` for the others. */
  systemPrompts: z.strictObject({ positive: text, negative: text }).exactOptional(),
  /** What a judge looks for, and what 0 and 10 mean. */
  rubric: text.exactOptional(),
});

/** What a data set is about. */
export type Behavior = z.infer<typeof behaviorSchema>;

/** The other direction. */
export function turn(direction: Direction): Direction {
  return direction === "as-named" ? "opposite" : "as-named";
}
