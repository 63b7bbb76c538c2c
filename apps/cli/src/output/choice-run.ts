import type { CliDependencies } from "../dependencies.ts";
import type { ChoiceRun } from "../eval/evaluate.ts";
import { describeVectors } from "../load-vectors.ts";
import { abWarnings, formatAbTable } from "./ab-table.ts";
import { type ChoiceFindings, findingsOf } from "./choice-findings.ts";
import { formatChange, formatDose, formatInterval, signed } from "./changes.ts";
import { runToJson } from "./run-to-json.ts";
import { formatTable } from "./table.ts";

/** Layers and multipliers beyond which the changes of single cells are left to the files. */
const MAX_CHANGES = 60;

/** What a choice test found: figures on stdout, warnings on stderr. */
export async function printChoiceRun(
  run: ChoiceRun,
  { cwd, stdout, stderr }: CliDependencies,
): Promise<void> {
  const { behavior, cells, controls, vectors, kept } = run;
  const findings = await findingsOf(run);
  const [first] = cells;
  const n = first?.summary.n ?? 0;
  const confidence = 100 * (first?.summary.confidence ?? 0);
  const categories = first?.summary.categories ?? null;
  const mean =
    categories === null ? "mean" : `mean over the ${categories.length} categories' means`;
  stdout.write(
    `${describeVectors(vectors, cwd)}\n${run.type === "ab" ? "p(matching)" : `${run.type}: p(correct)`}, ${mean} over ${n} items with its ${confidence} % bootstrap interval, and the letter mass (${kept} of ${cells.length} cells were there already)\n`,
  );
  stdout.write(formatAbTable(cells));
  if (findings.changes.length > 0 && findings.changes.length <= MAX_CHANGES) {
    stdout.write(
      `change against multiplier 0, item by item; dose: length of what is added beside that of the residual stream; items that went along with the multiplier, against it, and nowhere (less than 0.01)\n${formatChanges(findings)}`,
    );
  }
  if (findings.span !== null) {
    const { from, to } = findings.span;
    stdout.write(
      `from ${from} to ${to}, beside ${controls.length === 0 ? "no controls" : controls.map(({ name }) => name).join(", ")}; slope: change for one unit of the multiplier, mean over items; rank: Spearman's correlation of multiplier and mean\n${formatLayers(findings)}`,
    );
  }
  for (const warning of [...abWarnings(cells), ...findings.overshoots]) {
    stderr.write(`${behavior}: ${warning}\n`);
  }
}

/** The same for programs. */
export async function choiceToJson(run: ChoiceRun): Promise<object> {
  const { cells, controls } = run;
  const findings = await findingsOf(run);
  return {
    ...runToJson(run),
    changes: findings.changes,
    layers: findings.layers,
    controls: controls.map(({ name, cells: own }) => ({
      name,
      cells: own.map(({ settings, summary }) => ({ settings, summary })),
    })),
    warnings: [...abWarnings(cells), ...findings.overshoots],
  };
}

function formatChanges({ changes }: ChoiceFindings): string {
  const columns = [
    { title: "layer", align: "right" as const },
    { title: "x", align: "right" as const },
    { title: "dose", align: "right" as const },
    { title: "change", align: "right" as const },
    { title: "interval" },
    { title: "along", align: "right" as const },
    { title: "against", align: "right" as const },
    { title: "nowhere", align: "right" as const },
  ];
  return formatTable(
    columns,
    changes.map(({ effect, moves, dose }) => [
      String(effect.layer),
      String(effect.to),
      formatDose(dose),
      formatChange(effect.change),
      formatInterval(effect.change),
      String(moves.along),
      String(moves.against),
      String(moves.unchanged),
    ]),
  );
}

function formatLayers({ layers }: ChoiceFindings): string {
  const columns = [
    { title: "layer", align: "right" as const },
    { title: "change", align: "right" as const },
    { title: "interval" },
    { title: "slope", align: "right" as const },
    { title: "rank", align: "right" as const },
    { title: "largest control", align: "right" as const },
    { title: "verdict" },
  ];
  return formatTable(
    columns,
    layers.map(({ effect, steerability, largestControl, inWords }) => [
      String(effect.layer),
      formatChange(effect.change),
      formatInterval(effect.change),
      formatChange(steerability?.slope ?? null),
      steerability?.rank?.toFixed(2) ?? "-",
      largestControl === null ? "-" : signed(largestControl),
      inWords,
    ]),
  );
}
