import type { Behavior } from "../behaviors/behavior.ts";
import type { DirectionReport, FileReport, Leak, Warning } from "./report.ts";

/** Beyond this share of one letter a vector holds a good part of that letter beside the behavior. */
const MAX_LETTER_SHARE = 0.6;

/** Fewer pairs than this make a vector of chance. */
const FEW_PAIRS = 20;

/** What should be known of texts that point another way than declared. */
export function directionWarning(
  direction: DirectionReport | null,
  declared: Behavior | null,
): readonly Warning[] {
  if (direction?.verdict !== "contradicted") {
    return [];
  }
  const { told, asNamed, opposite } = direction;
  const said = declared === null ? "as its name says" : `${declared.direction}, as declared`;
  const text = `by their texts the matching answers do not point ${said}: of ${told} pairs that can be told ${asNamed} show what the name says and ${opposite} its opposite; declare it in behavior.json ("direction"), or let caa data process do it`;
  return [{ path: null, text }];
}

/** What should be known of leaks. */
export function leakWarning({ kind, count }: Leak): Warning {
  const what = kind === "test-ab" ? "A/B test items ask" : "open-ended questions ask";
  const text = `${count} ${what} what a contrast pair asks too, so their scores are no test; leave them out of one of the two (for the published sets: caa data process --drop-leaks)`;
  return { path: null, text };
}

/** What should be known of a file. */
export function fileWarnings(report: FileReport): readonly Warning[] {
  const { path, items, kinds, matchingLetters, contradictions } = report;
  const [letter, most] = Object.entries(matchingLetters).reduce<readonly [string, number]>(
    (best, [name, n]) => (n > best[1] ? [name, n] : best),
    ["", 0],
  );
  const warnings: string[] = [];
  if (items >= FEW_PAIRS && most / items > MAX_LETTER_SHARE) {
    const share = Math.round((100 * most) / items);
    const effect = kinds.includes("generate")
      ? `a vector of them is in part the letter ${letter}`
      : "a model that always says that letter seems to show the behavior";
    warnings.push(`the matching answer is (${letter}) in ${share} % of the items: ${effect}`);
  }
  if (kinds.includes("generate") && items > 0 && items < FEW_PAIRS) {
    warnings.push(`only ${items} contrast pairs: a vector of so few is mostly chance`);
  }
  if (items > 0 && kinds.includes("generate") && kinds.includes("test-ab")) {
    warnings.push(
      "the same file serves as contrast pairs and as test items: hold some out for a test, in a folder with generate.json and test.json",
    );
  }
  if (contradictions.length > 0) {
    warnings.push(
      `${contradictions.length} items come twice with the other answer as the matching one`,
    );
  }
  return warnings.map((text) => ({ path, text }));
}
