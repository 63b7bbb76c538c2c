import { mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { CaaError, throwIfAborted } from "@caa/core";
import type { PlannedPlot, Plot } from "@caa/eval/plots";
import type { CliDependencies } from "../dependencies.ts";
import { startProgress } from "./progress.ts";

export interface WritePlotOptions {
  /** From the working folder. */
  readonly out: string;
  /** Writes the table as LaTeX too, where the plot has one. @default false */
  readonly latex?: boolean | undefined;
}

export interface DrawnPlots {
  /** What was written, relative to the working folder. */
  readonly files: readonly string[];
  /** Which plots were not drawn, and why. */
  readonly skipped: readonly string[];
}

/** What is missing for one plot is no reason to draw none of the others. */
const SKIPPED = [
  "empty-selection",
  "incompatible-vector",
  "invalid-argument",
  "not-found",
  "shape-mismatch",
];

/**
 * Draws and writes plots; those for which something is missing are left out and named on stderr.
 * @throws {CaaError} empty-selection when nothing could be drawn; aborted; io
 */
export async function drawPlots(
  plots: readonly PlannedPlot[],
  options: WritePlotOptions,
  dependencies: CliDependencies,
): Promise<DrawnPlots> {
  const { signal, stderr } = dependencies;
  const files: string[] = [];
  const skipped: string[] = [];
  const progress = startProgress(dependencies, "plots", "plots");
  try {
    for (const [index, planned] of plots.entries()) {
      throwIfAborted(signal);
      progress.update(index, plots.length);
      const drawn = await drawPlot(planned);
      if (typeof drawn === "string") {
        skipped.push(drawn);
      } else {
        files.push(...(await writePlot(drawn, options, dependencies)));
      }
    }
  } finally {
    progress.end();
  }
  for (const reason of skipped) {
    stderr.write(`skipped: ${reason}\n`);
  }
  if (files.length === 0) {
    throw new CaaError("empty-selection", "plots: expected something to draw, got nothing");
  }
  return { files, skipped };
}

/** A plot, or why it could not be drawn. @throws what is no want of figures */
export async function drawPlot({ what, draw }: PlannedPlot): Promise<Plot | string> {
  try {
    return await draw();
  } catch (error) {
    if (CaaError.isInstance(error) && SKIPPED.includes(error.code)) {
      return `${what}: ${error.message}`;
    }
    throw error;
  }
}

/**
 * Writes a plot as SVG and PNG with its figures as CSV; gives the files, relative to the working folder.
 * @throws {CaaError} io
 */
export async function writePlot(
  plot: Plot,
  { out, latex = false }: WritePlotOptions,
  { cwd }: Pick<CliDependencies, "cwd">,
): Promise<readonly string[]> {
  const { renderPng } = await import("@caa/eval/plots");
  const { writeFileAtomic } = await import("@caa/core/files");
  const folder = resolve(cwd, out);
  await mkdir(folder, { recursive: true });
  const contents: ReadonlyArray<readonly [string, string | Uint8Array]> = [
    ["svg", plot.svg],
    ["png", renderPng(plot.svg)],
    ["csv", plot.csv],
    ...(latex && plot.latex !== undefined ? [["tex", plot.latex] as const] : []),
  ];
  const files: string[] = [];
  for (const [extension, content] of contents) {
    const path = join(folder, `${plot.name}.${extension}`);
    await writeFileAtomic(path, content);
    files.push(relative(cwd, path));
  }
  return files;
}
