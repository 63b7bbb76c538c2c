import { escapeHtml } from "./escape.ts";
import { inlineSvg } from "./inline-svg.ts";
import { renderGrid, renderPatches } from "./render-patches.ts";
import type { Block, Report, ReportColumn, Section } from "./report.ts";
import { STYLE } from "./style.ts";

/**
 * A report as one HTML page that needs nothing else: pictures and style are in it, it loads nothing and runs nothing. Made
 * to be read on a phone and on paper too.
 * @throws {CaaError} invalid-argument for a figure that is no plain SVG picture
 */
export function renderReport({ title, lead = [], sections }: Report): string {
  let figures = 0;
  const render = (block: Block): string =>
    block.kind === "figure"
      ? `<figure><div class="frame" tabindex="0">${inlineSvg(block.svg, `figure-${(figures += 1)}`)}</div><figcaption>${escapeHtml(block.caption)}</figcaption></figure>`
      : renderBlock(block);
  const renderSection = (section: Section): string =>
    `<section>\n<h2>${escapeHtml(section.title)}</h2>\n${section.blocks.map(render).join("\n")}\n</section>`;
  const body = [
    `<header>\n<h1>${escapeHtml(title)}</h1>\n${lead.map(render).join("\n")}\n</header>`,
    ...sections.map(renderSection),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.join("\n")}
</main>
</body>
</html>
`;
}

function renderBlock(block: Exclude<Block, { readonly kind: "figure" }>): string {
  switch (block.kind) {
    case "text":
      return `<p>${escapeHtml(block.text)}</p>`;
    case "note":
      return `<p class="${block.warning === true ? "note warning" : "note"}">${escapeHtml(block.text)}</p>`;
    case "list":
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
    case "facts":
      return `<dl>${block.facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl>`;
    case "code":
      return `<pre><code>${escapeHtml(block.text)}</code></pre>`;
    case "table":
      return renderTable(block);
    case "patches":
      return renderPatches(block);
    case "grid":
      return renderGrid(block);
  }
}

function renderTable({
  columns,
  rows,
  caption,
  long = false,
}: Extract<Block, { readonly kind: "table" }>): string {
  const cell = (text: string, { title, align }: ReportColumn): string =>
    `<td data-title="${escapeHtml(title)}"${align === "right" ? ' class="right"' : ""}>${escapeHtml(text)}</td>`;
  const heads = columns.map(
    ({ title, align }) =>
      `<th scope="col"${align === "right" ? ' class="right"' : ""}>${escapeHtml(title)}</th>`,
  );
  const lines = rows.map(
    (row) => `<tr>${columns.map((column, i) => cell(row[i] ?? "", column)).join("")}</tr>`,
  );
  const label = caption === undefined ? "" : ` aria-label="${escapeHtml(caption)}"`;
  const table = `<table${long ? ' class="long"' : ""}${label}><thead><tr>${heads.join("")}</tr></thead>\n<tbody>${lines.join("\n")}</tbody></table>`;
  // A wide table moves within its own frame, which the keyboard reaches, and not the page with it; its caption stays.
  return `${caption === undefined ? "" : `<p class="caption">${escapeHtml(caption)}</p>\n`}<div class="frame" tabindex="0">${table}</div>`;
}
