import { createHash } from "node:crypto";

/** What a data set asks; a contrast pair, an A/B item and an open question have some of it. */
export interface AskedItem {
  readonly question: string;
  readonly answer_matching_behavior?: string;
  readonly answer_not_matching_behavior?: string;
  readonly category?: string;
}

/** SHA-256, hex, of what is asked and in which order, whatever the file's layout. */
export function hashItems(items: readonly AskedItem[]): string {
  const hash = createHash("sha256");
  for (const item of items) {
    const {
      question,
      answer_matching_behavior: matching,
      answer_not_matching_behavior: not,
    } = item;
    hash.update(`${JSON.stringify([question, matching, not, item.category])}\n`);
  }
  return hash.digest("hex");
}
