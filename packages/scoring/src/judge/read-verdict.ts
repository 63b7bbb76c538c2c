import { z } from "zod";
import type { JudgeReply } from "./judge-model.ts";
import { isScore, type Verdict } from "./verdict.ts";

/** A verdict stands at the end; a server that sends a megabyte before it is not read whole. */
const MAX_READ = 20_000;
/** A line of a verdict is short; longer ones are prose. */
const MAX_LINE = 200;

const coded = z.object({ code: z.string(), score: z.number() });
const bare = z.strictObject({ score: z.number() });

/** What people and models begin with when they decline. Looked at only where there is no verdict. */
const DECLINES =
  /^\W*(?:(?:i['’]?m|i am|we['’]?re|we are)?\s*(?:very |so )?sorry\b|(?:i|we) (?:can['’]?t|cannot|can not|won['’]?t|will not|am unable|am not able|are unable|must decline|decline)\b)/i;

/**
 * The verdict of a reply. A verdict is a JSON object with `code` and `score`, or a line `VERDICT <code>: <score>`; the
 * last one that bears the code of the request wins, so that what a judge quotes or says before counts for nothing. A
 * reply that is nothing but a number, or `{"score": <number>}`, is taken too: it has no place for a quotation.
 */
export function readVerdict(reply: JudgeReply, code: string): Verdict {
  if ((reply.refusal ?? "").trim() !== "" || reply.finishReason === "content_filter") {
    return unscored("refused");
  }
  if (reply.finishReason === "length") {
    return unscored("cut-off");
  }
  const content = (reply.content ?? "").trim().slice(-MAX_READ);
  const score = lastCodedScore(content, code) ?? bareScore(content);
  if (score === null) {
    return unscored(DECLINES.test(content.slice(0, MAX_LINE)) ? "refused" : "unparsable");
  }
  return isScore(score) ? { status: "scored", score } : unscored("off-scale");
}

function unscored(reason: "unparsable" | "off-scale" | "refused" | "cut-off"): Verdict {
  return { status: "unscored", reason };
}

interface Found {
  readonly at: number;
  readonly score: number;
}

function lastCodedScore(content: string, code: string): number | null {
  const found = [...objectsIn(content, code), ...linesIn(content, code)];
  const last = found.reduce<Found | null>(
    (best, next) => (best === null || next.at > best.at ? next : best),
    null,
  );
  return last?.score ?? null;
}

function objectsIn(content: string, code: string): readonly Found[] {
  return [...content.matchAll(/\{[^{}]*\}/g)].flatMap((match) => {
    const parsed = coded.safeParse(parseJson(match[0]));
    return parsed.success && sameCode(parsed.data.code, code)
      ? [{ at: match.index, score: parsed.data.score }]
      : [];
  });
}

function linesIn(content: string, code: string): readonly Found[] {
  let at = 0;
  return content.split("\n").flatMap((line) => {
    const start = at;
    at += line.length + 1;
    const match =
      line.length > MAX_LINE
        ? null
        : /^[*_`#>\s]*VERDICT\s+([a-z0-9]+)[*_`]*\s*[:=]\s*[*_`]*(-?\d+(?:\.\d+)?)(?:\s*\/\s*10)?[*_`.\s]*$/i.exec(
            line,
          );
    return match !== null && sameCode(match[1] ?? "", code)
      ? [{ at: start, score: Number(match[2]) }]
      : [];
  });
}

function bareScore(content: string): number | null {
  const text = content.replace(/^```(?:json)?([^`]*)```$/i, "$1").trim();
  const number = /^(-?\d{1,9}(?:\.\d{1,9})?)(?:\s*\/\s*10)?\.?$/.exec(text);
  if (number !== null) {
    return Number(number[1]);
  }
  const parsed = bare.safeParse(text.startsWith("{") ? parseJson(text) : null);
  return parsed.success ? parsed.data.score : null;
}

function sameCode(given: string, code: string): boolean {
  return given.trim().toLowerCase() === code;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
