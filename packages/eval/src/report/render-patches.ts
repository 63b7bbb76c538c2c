import { CaaError } from "@caa/core";
import { escapeHtml } from "./escape.ts";
import type { Block, Patch } from "./report.ts";

type Patches = Extract<Block, { readonly kind: "patches" }>;
type Grid = Extract<Block, { readonly kind: "grid" }>;

/** Below this luminance white text reads better than black: there both have a contrast of 4.6 (WCAG 2). */
const DARK = 0.179;

/** @throws {CaaError} invalid-argument for a color that is no `#rrggbb` */
export function renderPatches({ patches, caption }: Patches): string {
  const spans = patches.map(
    (patch) =>
      `<span${attributesOf(patch)}>${textOf(patch)}</span>${patch.endsLine === true ? "<br>" : ""}`,
  );
  return `${captionOf(caption)}<p class="patches">${spans.join("")}</p>`;
}

/** @throws {CaaError} invalid-argument for a color that is no `#rrggbb` */
export function renderGrid({ rowTitle, groups, rows, caption, dense = false }: Grid): string {
  const columns = groups.flatMap((group) => group.columns);
  // Where each group is one column without a name, its title is enough.
  const grouped = columns.some((title) => title !== "");
  const starts = new Set<number>();
  groups.reduce((at, group) => (starts.add(at), at + group.columns.length), 0);
  const group = (i: number): string => (grouped && starts.has(i) ? ' class="group"' : "");
  const heads = groups.map(
    ({ title, columns: own }) =>
      `<th scope="colgroup"${grouped ? ` class="group" colspan="${own.length}"` : ""}>${escapeHtml(title)}</th>`,
  );
  const second = columns.map((title, i) => `<th scope="col"${group(i)}>${escapeHtml(title)}</th>`);
  const corner = `<th scope="col"${grouped ? ' rowspan="2"' : ""}>${escapeHtml(rowTitle)}</th>`;
  const head = `<tr>${corner}${heads.join("")}</tr>${grouped ? `<tr>${second.join("")}</tr>` : ""}`;
  const lines = rows.map(
    ({ title, cells }) =>
      `<tr><th scope="row">${escapeHtml(title)}</th>${cells.map((cell, i) => `<td${group(i)}${attributesOf(cell)}>${textOf(cell)}</td>`).join("")}</tr>`,
  );
  return `${captionOf(caption)}<div class="frame wide" tabindex="0"><table class="grid${dense ? " dense" : ""}"><thead>${head}</thead>\n<tbody>${lines.join("\n")}</tbody></table></div>`;
}

function textOf({ text, strong = false }: Patch): string {
  return strong ? `<b>${escapeHtml(text)}</b>` : escapeHtml(text);
}

function captionOf(caption: string | undefined): string {
  return caption === undefined ? "" : `<p class="caption">${escapeHtml(caption)}</p>\n`;
}

function attributesOf({ color, hover }: Patch): string {
  // A line break within an attribute is one in what is shown.
  const title = hover === undefined ? "" : ` title="${escapeHtml(hover)}"`;
  if (color === undefined) {
    return title;
  }
  if (!/^#[0-9a-f]{6}$/i.test(color)) {
    const message = `patch: expected a color such as #a0b0c0, got ${JSON.stringify(color.slice(0, 40))}`;
    throw new CaaError("invalid-argument", message);
  }
  return `${title} style="background:${color};color:${inkOn(color)}"`;
}

/** Black or white, whichever reads better on a color `#rrggbb`. */
export function inkOn(color: string): "#000000" | "#ffffff" {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < DARK ? "#ffffff" : "#000000";
}
