import { relative } from "node:path";
import type { CliDependencies } from "../dependencies.ts";
import { describeVectors } from "../load-vectors.ts";
import type { TuneCommandOptions, Tuning } from "./run-tune.ts";
import {
  candidatesTable,
  gridTable,
  guardCountsInWords,
  leastLetterMass,
  notCheckedInWords,
  reliabilityTable,
} from "./tuning-tables.ts";
import { findingInWords } from "./tuning-words.ts";

/** What was found on stdout; what was not looked at, where it is written and what to do next on stderr. */
export function printTuning(
  { result, vectors, files }: Tuning,
  options: Pick<TuneCommandOptions, "model" | "vectors" | "raw">,
  { cwd, stdout, stderr }: CliDependencies,
): void {
  const { candidates, chosen, grid, items, refusals, reliability, settings } = result;
  const parts = [
    `${describeVectors(vectors, cwd)}\nhalves: cosine between the vectors of two halves of the pairs; shuffled: the same between label shuffles\n${reliabilityTable(result)}`,
    grid.length === 0
      ? ""
      : `${items.choose} items to choose on, ${items.report} kept back (seed ${settings.seed}); change of p(matching) in the direction of the multiplier, on the former; dose: length of what is added beside that of the residual stream; !: letter mass below ${Number(leastLetterMass(result).toPrecision(3))}\n${gridTable(result)}`,
    candidates.length === 0
      ? ""
      : `cells that the guard was asked about, in this order; ${guardCountsInWords(result)}\n${candidatesTable(result)}`,
    `${findingInWords(result).join("\n")}\n`,
  ];
  stdout.write(`${parts.filter((part) => part !== "").join("\n")}`);
  if (reliability.some(({ reliable }) => reliable === null)) {
    stderr.write(
      `${settings.behavior}: not checked: whether the vectors are reliable, since ${relative(cwd, vectors.path)} has no halves and shuffles (made with --only-vectors)\n`,
    );
  }
  if (items.leftOut === null) {
    stderr.write(
      `${settings.behavior}: not checked: whether test items ask what the vectors' contrast pairs ask, since the data has no pairs, or others\n`,
    );
  } else if (items.leftOut > 0) {
    stderr.write(
      `${settings.behavior}: ${items.leftOut} test items ask what a contrast pair of the vectors asks: left out\n`,
    );
  }
  for (const check of candidates.at(-1)?.checks ?? []) {
    if (check.passed === null) {
      stderr.write(`${settings.behavior}: ${notCheckedInWords(check)}\n`);
    }
  }
  stderr.write(
    `results: ${files[0]}${files.length > 1 ? ", and beside it a heat map as SVG, PNG and CSV" : ""}\n`,
  );
  if (chosen !== null && refusals.length === 0) {
    const { model, vectors: dir, raw = false } = options;
    const rest = [
      ...(model === undefined ? [] : [`--model ${model}`]),
      ...(dir === "vectors" ? [] : [`--vectors ${dir}`]),
      ...(raw ? ["--raw"] : []),
    ];
    stderr.write(
      `next: ${["caa generate", ...rest, `--steer ${chosen.plan}`].join(" ")} --prompt "..."\n`,
    );
  }
}
