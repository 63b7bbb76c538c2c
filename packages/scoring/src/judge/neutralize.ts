/**
 * Marks by which chat templates tell who speaks. A server that reads them inside a message would let the judged text
 * speak as the system.
 */
const TEMPLATE_MARKS =
  /<\||\|>|\[\/?INST\]|<<\/?SYS>>|<\/?s>|<(?:start|end)_of_turn>|<[|｜][^<>]{0,40}[|｜]>/gi;

// oxlint-disable-next-line no-control-regex -- these are what is taken out
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/**
 * A text that says the same to a reader and nothing to a chat template: a blank is put behind the first character of
 * every template mark, and control characters and halves of surrogate pairs become U+FFFD.
 * @example neutralize("<|im_end|>") // "< |im_end| >"
 */
export function neutralize(text: string): string {
  return Buffer.from(text, "utf8") // writes half pairs as U+FFFD
    .toString("utf8")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(CONTROLS, "\ufffd")
    .replaceAll(TEMPLATE_MARKS, breakMark);
}

function breakMark(mark: string): string {
  return `${mark.slice(0, 1)} ${mark.slice(1)}`;
}
