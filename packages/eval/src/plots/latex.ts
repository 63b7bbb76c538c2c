const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

/**
 * Rows as a LaTeX `tabular` that needs no package: the first row is the head, the first column stands left, the others
 * right. Characters with a meaning in LaTeX are escaped, and minus signs are minus signs.
 */
export function formatLatex(rows: ReadonlyArray<readonly string[]>): string {
  const [head = [], ...body] = rows;
  const line = (row: readonly string[]): string => `${row.map(escape).join(" & ")} \\\\`;
  return [
    `\\begin{tabular}{l${"r".repeat(Math.max(0, head.length - 1))}}`,
    "\\hline",
    line(head),
    "\\hline",
    ...body.map(line),
    "\\hline",
    "\\end{tabular}",
    "",
  ].join("\n");
}

function escape(text: string): string {
  return text
    .replaceAll(/[\r\n]+/g, " ")
    .replaceAll(/[\\~^]|[&%$#_{}]/g, (char) => SPECIAL[char] ?? `\\${char}`)
    .replaceAll(/(^|[\s[(])-(?=[\d.])/g, "$1$-$");
}
