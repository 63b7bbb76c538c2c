import type { GeneratedVectors } from "../commands/vectors-generate.ts";
import type { DemoNormalization } from "./normalize.ts";
import type { MeasuredBehavior, WrittenUp } from "./write-up.ts";

export interface FilesOptions {
  readonly out: string;
  readonly made: readonly GeneratedVectors[];
  readonly normalized: DemoNormalization;
  readonly measured: readonly MeasuredBehavior[];
  readonly written: WrittenUp;
}

/** What there is, and where: page and plots one by one, the rest by folder. */
export function listFiles({
  out,
  made,
  normalized,
  measured,
  written,
}: FilesOptions): ReadonlyArray<readonly [what: string, path: string]> {
  const cells = measured.reduce((sum, { sweep, curve }) => {
    const own = new Set([...sweep.cells, ...curve]);
    return sum + own.size + sweep.controls.flatMap((control) => control.cells).length;
  }, 0);
  return [
    ["all of this as one page", written.page],
    ["figures and answers as JSON", written.figures],
    ...written.plots
      .filter((path) => path.endsWith(".svg"))
      .map((path) => ["plot, and its figures as .csv", path] as const),
    [`vectors, ${made.length} files`, `${out}/vectors`],
    [`normalized, ${normalized.files.length} files`, `${out}/vectors/normalized`],
    [`results, ${cells} files`, `${out}/results/ab`],
    ["pairs and questions", `${out}/datasets`],
  ];
}
