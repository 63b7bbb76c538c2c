/** One column of text, figures as wide as it, tables that scroll by themselves; black on white on paper. */
export const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; color: #1a1a1a; background: #fff; font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
p, ul, dl, pre, figure, .frame { margin: 0.75rem 0; }
.note { border-left: 4px solid #005493; background: #eef4fa; padding: 0.6rem 0.8rem; }
.warning { border-color: #b04000; background: #fdf1e8; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption, .caption { color: #444; font-size: 0.9rem; }
.caption { margin-bottom: -0.5rem; }
.frame { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
table.long { width: 100%; }
table.long td { overflow-wrap: anywhere; }
th { vertical-align: bottom; }
td { vertical-align: top; }
th, td { text-align: left; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid #ddd; }
table:not(.long) td, td.right { white-space: nowrap; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: 0.1rem 1rem; font-size: 0.9rem; }
dt { color: #444; min-width: 0; }
dd { margin: 0; min-width: 0; }
pre { background: #f5f5f5; padding: 0.6rem 0.8rem; font-size: 0.85rem; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 36rem) {
  figure svg { max-width: none; width: 36rem; }
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: 0.4rem; }
  table.long thead { display: none; }
  table.long, table.long tbody, table.long tr, table.long td { display: block; }
  table.long tr { border-bottom: 2px solid #999; padding: 0.4rem 0; }
  table.long td { border: 0; padding: 0.2rem 0; text-align: left; }
  table.long td::before { content: attr(data-title) ": "; color: #444; font-weight: 600; }
}
@media print {
  main { max-width: none; padding: 0; }
  .note, pre { background: none; border: 1px solid #999; }
  figure svg { max-width: 100%; width: auto; }
  figure, tr, .note { break-inside: avoid; }
  h2, .caption { break-after: avoid; }
  .frame { overflow: visible; }
}
`;
