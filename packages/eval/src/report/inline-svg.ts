import { CaaError } from "@caa/core";

/** A plot has 20 to 200 KB; far more would make a page that no phone opens. */
const MAX_SVG_LENGTH = 5_000_000;

/** A tag with its attributes; a `>` within quotes does not end it. */
const TAG = /<[^\s>]+(?:"[^"]*"|'[^']*'|[^"'>])*>/g;

/** What could run a program, load something, or end the picture early. */
const FORBIDDEN: ReadonlyArray<readonly [what: string, pattern: RegExp]> = [
  [
    "an element that may hold other things than a picture",
    /^<\/?(?:[\w-]+:)?(?:script|style|foreignObject|iframe|object|embed|image|animate\w*|set|a)\b/i,
  ],
  ["an event handler", /[\s"'/]on\w+\s*=/i],
  ["a link that leaves the picture", /\bhref\s*=\s*["']?\s*(?!["']?\s*#)/i],
  ["a resource from elsewhere", /url\(\s*["']?\s*(?!["']?\s*#)/i],
  ["a declaration", /^<[!?]/],
];

/**
 * A picture as part of a page: checked to be nothing but a picture, and its ids made its own, since all ids of a page are
 * one space and the plots of this package count theirs from zero.
 * @param prefix letters, digits, `-`
 * @throws {CaaError} invalid-argument for what is no SVG picture, is too long, or could load or run something
 */
export function inlineSvg(svg: string, prefix: string): string {
  const text = svg.trim();
  if (text.length > MAX_SVG_LENGTH || !/^<svg[\s>]/.test(text) || !text.endsWith("</svg>")) {
    const message = `figure: expected an SVG picture of at most ${MAX_SVG_LENGTH} characters, got ${text.length} that begin with ${JSON.stringify(text.slice(0, 20))}`;
    throw new CaaError("invalid-argument", message);
  }
  return text.replaceAll(TAG, (tag) => {
    const found = FORBIDDEN.find(([, pattern]) => pattern.test(tag));
    if (found !== undefined) {
      const message = `figure: expected a picture that loads and runs nothing, got ${found[0]}: ${tag.slice(0, 60)}`;
      throw new CaaError("invalid-argument", message);
    }
    return tag
      .replaceAll(/(\sid=["'])/g, `$1${prefix}-`)
      .replaceAll(/(url\(\s*["']?#|href=["']#)/g, `$1${prefix}-`);
  });
}
