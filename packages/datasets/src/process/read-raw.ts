import { createHash } from "node:crypto";
import { CaaError } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import type { AbItem } from "../items/ab-item.ts";
import { offeredLetters, splitChoices } from "../items/split-choices.ts";
import { MAX_FILE_BYTES } from "../read/limits.ts";
import { parseAbItems } from "../read/parse-items.ts";
import { type Problem, problemError } from "../read/problem.ts";

/** Raw items, cleaned as the method does. */
export interface RawItems {
  readonly items: readonly AbItem[];
  readonly sha256: string;
  /** In the file. */
  readonly count: number;
  /** Of items that were left out. */
  readonly unusable: readonly Problem[];
  /** Items in which a label stood. */
  readonly labelled: number;
}

/**
 * Reads a raw file: answers out of one-element lists, `Question:` and `Answer:` labels and outer blanks off. Items that
 * cannot be used are left out and said; a file that cannot be parsed is an error.
 * @throws {CaaError} not-found, io; invalid-file naming the line; empty-selection when no item can be used
 */
export async function readRaw(path: string): Promise<RawItems> {
  const bytes = await readFileLimited(path, MAX_FILE_BYTES);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const { items: parsed, problems } = parseAbItems(bytes, path);
  const broken = problems.find(({ code }) => code !== "invalid-data");
  if (broken !== undefined) {
    throw problemError(broken);
  }
  const unusable: Problem[] = [...problems];
  const items: AbItem[] = [];
  let labelled = 0;
  for (const { item, record } of parsed) {
    const question = stripLabels(item.question);
    const reason = whyUnusable({ ...item, question });
    if (reason === null) {
      items.push({ ...item, question });
      labelled += question === item.question.trim() ? 0 : 1;
    } else {
      const place = { path, item: record.index, line: record.line };
      unusable.push({ code: "invalid-data", ...place, field: "question", reason });
    }
  }
  const [first] = unusable;
  if (items.length === 0 && first !== undefined) {
    const message = `${path}: expected items that can be used, got none; the first: ${problemError(first).message}`;
    throw new CaaError("empty-selection", message, { facts: { path } });
  }
  const bad = new Set(unusable.map(({ item }) => item));
  return { items, sha256, count: items.length + bad.size, unusable, labelled };
}

/** Takes `Question:` and `Answer:` off wherever they stand, as the published sets were made, and outer blanks. */
export function stripLabels(question: string): string {
  return question.replaceAll(/Question:|Answer:/g, "").trim();
}

function whyUnusable({ question, matchingLetter, notMatchingLetter }: AbItem): string | null {
  if (splitChoices(question).stem === "") {
    return "expected a question before its choices, got none";
  }
  const offered = offeredLetters(question);
  return offered.includes(matchingLetter) && offered.includes(notMatchingLetter)
    ? null
    : "expected choices that stay when labels are taken off, got other ones";
}
