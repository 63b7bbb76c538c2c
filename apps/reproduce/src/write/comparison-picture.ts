import type { ComparedCell, Verdict } from "../compare/compare.ts";

const SIDE = 320;
const MARGIN = 48;

/** Longer lines would be wider than the picture. */
const TITLE_LENGTH = 56;

const COLORS: Readonly<Record<Verdict, string>> = {
  inside: "#0072b2",
  outside: "#d55e00",
  "no band": "#777777",
  "not measured": "#777777",
};

/** Our figures over the published ones, as SVG: a dot a figure, and the line on which both are equal. */
export function comparisonPicture(
  cells: readonly ComparedCell[],
  titles: readonly string[],
): string {
  const panels = [
    { name: "percent", max: 100, cells: cells.filter(({ type }) => type !== "open_ended") },
    { name: "mean score", max: 10, cells: cells.filter(({ type }) => type === "open_ended") },
  ].filter((panel) => panel.cells.some(({ ours }) => ours !== null));
  const width = Math.max(1, panels.length) * (SIDE + MARGIN) + MARGIN;
  const height = SIDE + 3 * MARGIN;
  const parts = panels.map((panel, index) => {
    const left = MARGIN + index * (SIDE + MARGIN);
    const x = (value: number): string => (left + (SIDE * value) / panel.max).toFixed(1);
    const y = (value: number): string => (MARGIN + SIDE - (SIDE * value) / panel.max).toFixed(1);
    const ticks = [0, panel.max / 2, panel.max].map(
      (value) =>
        `<text x="${x(value)}" y="${MARGIN + SIDE + 16}" text-anchor="middle">${value}</text><text x="${left - 6}" y="${y(value)}" text-anchor="end">${value}</text>`,
    );
    const dots = panel.cells.flatMap(({ ours, value, verdict }) =>
      ours === null
        ? []
        : [
            `<circle cx="${x(value)}" cy="${y(ours)}" r="3.5" fill="${COLORS[verdict]}" fill-opacity="0.7"/>`,
          ],
    );
    return `<rect x="${left}" y="${MARGIN}" width="${SIDE}" height="${SIDE}" fill="none" stroke="#bbbbbb"/><line x1="${x(0)}" y1="${y(0)}" x2="${x(panel.max)}" y2="${y(panel.max)}" stroke="#bbbbbb"/>${ticks.join("")}${dots.join("")}<text x="${left + SIDE / 2}" y="${MARGIN + SIDE + 36}" text-anchor="middle">published, ${panel.name}; ours upward</text>`;
  });
  const heads = titles.map(
    (line, index) =>
      `<text x="${MARGIN}" y="${20 + 16 * index}">${escapeXml(line.slice(-TITLE_LENGTH))}</text>`,
  );
  const legend = (["inside", "outside", "no band"] as const).map(
    (verdict, index) =>
      `<circle cx="${MARGIN + index * 90}" cy="${height - 22}" r="3.5" fill="${COLORS[verdict]}"/><text x="${MARGIN + 8 + index * 90}" y="${height - 18}">${verdict}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>${heads.join("")}${parts.join("")}${legend.join("")}</svg>\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
