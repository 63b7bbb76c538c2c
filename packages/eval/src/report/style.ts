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
.patches { line-height: 1.9; overflow-wrap: anywhere; white-space: pre-wrap; }
.patches span { padding: 0.15em 0; border-radius: 2px; }
.patches span[title]:hover, .grid td[title]:hover { outline: 2px solid #1a1a1a; outline-offset: -1px; }
.wide { width: max-content; max-width: calc(100vw - 2rem); position: relative; left: 50%; transform: translateX(-50%); }
.grid { border-collapse: separate; border-spacing: 0; font-size: 0.8rem; }
.grid th, .grid td { padding: 0.15rem 0.4rem; border: 0 solid #ddd; border-width: 0 1px 1px 0; }
.grid thead th { font-weight: normal; color: #444; text-align: center; }
.grid tbody th, .grid thead tr:first-child th:first-child { position: sticky; left: 0; background: #fff; text-align: right; font-weight: normal; color: #444; }
.grid .group { border-left: 1px solid #999; }
.dense { border: 1px solid #999; }
.dense th, .dense td { padding: 0; border: 0; }
.dense td { width: 0.9rem; min-width: 0.9rem; height: 0.8rem; }
.dense tbody th, .dense thead tr:first-child th:first-child { padding-right: 0.4rem; font-size: 0.7rem; line-height: 0.8rem; }
.dense thead tr:first-child th { font-size: 0.7rem; }
.dense thead tr:last-child th:not([rowspan]) { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; font-size: 0.7rem; padding: 0.2rem 0; line-height: 0.9rem; }
.dense thead tr:last-child .group { border-width: 0 1px 0 0; border-right-color: #999; } /* it stands on its head */
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
  .patches span, .grid td { print-color-adjust: exact; }
  figure svg { max-width: 100%; width: auto; }
  figure, tr, .note { break-inside: avoid; }
  h2, .caption { break-after: avoid; }
  .frame { overflow: visible; }
}
`;
