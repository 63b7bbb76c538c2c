import { judgeDirection, type SetReport } from "@caa/datasets";
import { formatTable } from "./table.ts";

/** Sizes of processed sets beside the published ones, and which way they point. */
export function formatProcessTable(sets: readonly SetReport[]): string {
  const columns = [
    { title: "set" },
    { title: "raw", align: "right" },
    { title: "size" },
    { title: "published" },
    { title: "holds" },
    { title: "leaks", align: "right" },
    { title: "matching answers are" },
    { title: "in raw/, told by their texts" },
    { title: "" },
  ] as const;
  const rows = sets.map((set) => {
    const { name, entry, sizes, written } = set;
    const raw = entry.sources.filter(({ file }) => !file.includes("open_ended"));
    return [
      name,
      String(raw.reduce((sum, { items }) => sum + items, 0)),
      sizes.map(({ items }) => items).join("/"),
      sizes.map(({ published }) => published).join("/"),
      sizes.every(({ holds }) => holds) ? "yes" : "NO",
      leaksOf(set),
      entry.direction === undefined
        ? ""
        : `${entry.direction}${entry.flipped === true ? " (flipped)" : ""}`,
      probeOf(set),
      written ? "written" : "there already",
    ];
  });
  const table = formatTable(columns, rows);
  return `${table}size: contrast pairs/A/B items/open-ended questions; mmlu 10 of each category/all\n`;
}

function leaksOf({ entry: { leaks } }: SetReport): string {
  return leaks === undefined
    ? ""
    : `${leaks.items}${leaks.dropped && leaks.items > 0 ? " dropped" : ""}`;
}

/** How many of the items that can be told point as the raw set is declared. */
function probeOf({ entry, probe }: SetReport): string {
  if (probe === null || entry.direction === undefined) {
    return "";
  }
  const asNamed = (entry.direction === "as-named") !== (entry.flipped === true);
  const declared = asNamed ? "as-named" : "opposite";
  const verdict = judgeDirection(probe, declared);
  if (verdict === "not-checked") {
    return "not checked: nothing to tell it by";
  }
  const agree = asNamed ? probe.asNamed : probe.opposite;
  return `${agree} of ${probe.told} ${declared}${verdict === "unclear" ? ", unclear" : ""}`;
}
