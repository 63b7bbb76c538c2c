import type { Match } from "@caa/datasets";

/** How a file stands to its pin, for people. */
export function matchInWords(match: Match): string {
  return WORDS[match];
}

const WORDS = {
  exact: "the published bytes",
  "same-items": "same items, other bytes",
  "no-pin": "no pin known",
  differs: "DIFFERS",
} as const satisfies Record<Match, string>;
