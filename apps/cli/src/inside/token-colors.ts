import { cosineColor, type CosineScale, inkOn, visibleText } from "@caa/eval";

/** A token on the color of its cosine, for a terminal of 24-bit colors; within the band in the terminal's own colors. */
export function colorToken(text: string, cosine: number, scale: CosineScale): string {
  const shown = visibleText(text);
  const end = text.endsWith("\n") ? "\n" : "";
  if (Math.abs(cosine) <= scale.band) {
    return shown + end;
  }
  const color = cosineColor(cosine, scale);
  return `\u001b[48;2;${channels(color)};38;2;${channels(inkOn(color))}m${shown}\u001b[0m${end}`;
}

/** Such as `176;64;0`. */
function channels(color: string): string {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)).join(";");
}
