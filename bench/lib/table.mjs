const number = (value) =>
  value >= 1000
    ? Math.round(value).toLocaleString("en-US")
    : value
        .toPrecision(3)
        .replace(/(\.\d*?)0+$/, "$1")
        .replace(/\.$/, "");

const range = ({ median, min, max, n }, unit = "") =>
  `${number(median)}${unit && ` ${unit}`}${n > 1 ? ` (${number(min)} to ${number(max)})` : ""}`;

const percent = (share) => `${Math.round(share * 100)} %`;

function target({ what, kind, value, bound, met }) {
  const verdict = met === null ? "not measured" : `${met ? "met" : "MISSED"}, ${number(value)}`;
  return `${what} ${kind === "least" ? "≥" : "≤"} ${number(bound)}: ${verdict}`;
}

function cells({ work, unit, ours, peer, peerName, ratio, interval, limit, checks }) {
  const within = interval ? `, 95 % ${number(interval[0])} to ${number(interval[1])}` : "";
  return [
    work,
    ours === null ? "failed" : range(ours, unit),
    peer === null
      ? peerName === null
        ? ""
        : `${peerName}: not measured`
      : `${peerName}: ${range(peer)}`,
    ratio === null ? "" : range(ratio) + within,
    limit === null ? "" : percent(limit),
    checks.map(target).join("; "),
  ];
}

const HEADER = [
  "work",
  "ours, median (range)",
  "peer, median (range)",
  "ratio, median (range)",
  "of the physical limit",
  "target",
];

const line = (columns) => `| ${columns.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;

/** The results as Markdown: the machine, a table, and how each line was made. */
export function markdown({ date, machine, limits, peers, full, small, cases }) {
  const done = cases.filter(({ rows }) => rows.length > 0);
  const lines = [
    `${date}, ${machine.processor}, ${machine.cores} cores (${machine.flags.join(", ")}), ${number(machine.memoryBytes / 2 ** 30)} GiB, ${machine.system}, Node ${machine.node}, onnxruntime-node ${machine.runtime}, ${machine.cores} threads, commit ${machine.commit}.`,
    "",
    ...(small ? ["Made with --small: THESE FIGURES MEAN NOTHING.", ""] : []),
    ...(limits === null
      ? []
      : [
          `Measured: ${number(limits.operationsPerSecond / 1e9)} billion float32 operations a second in large products, ${number(limits.bytesPerSecond / 1e9)} GB/s read.`,
          "",
        ]),
    ...Object.entries(peers).map(([name, version]) => `- ${name}: ${version}`),
    "",
    line(HEADER),
    line(HEADER.map(() => "---")),
    ...done.flatMap(({ rows }) => rows.map((row) => line(cells(row)))),
    "",
    ...done.flatMap((one) => [
      `**${one.name}** ${one.how} ${one.rounds} rounds${full ? ", everything (--full)" : ""}, ${Math.round(one.seconds)} s. ${loadText(one)}`,
      ...one.rows.filter(({ note }) => note !== "").map(({ work, note }) => `- ${work}: ${note}`),
      "",
    ]),
    ...cases
      .filter(({ error }) => error !== null)
      .map(({ name, error, skipped }) => `- ${name} ${skipped ? "SKIPPED" : "FAILED"}: ${error}`),
  ];
  return `${lines.join("\n").trim()}\n`;
}

function loadText({ load: { before, after } }) {
  const text = `Others took ${percent(before.others)} of the processors before, ${percent(after.others)} after`;
  return before.busy || after.busy ? `${text}: the machine was BUSY.` : `${text}.`;
}
