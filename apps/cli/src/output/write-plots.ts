import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Plot } from "@caa/eval/plots";

export interface WritePlotOptions {
  /** Absolute. */
  readonly out: string;
  readonly cwd: string;
  /** Writes the table as LaTeX too, where the plot has one. @default false */
  readonly latex?: boolean | undefined;
}

/**
 * Writes a plot as SVG and PNG with its figures as CSV; gives the files, relative to the working folder.
 * @throws {CaaError} io
 */
export async function writePlot(plot: Plot, options: WritePlotOptions): Promise<readonly string[]> {
  const { out, cwd, latex = false } = options;
  const { renderPng } = await import("@caa/eval/plots");
  const { writeFileAtomic } = await import("@caa/core/files");
  await mkdir(out, { recursive: true });
  const contents: ReadonlyArray<readonly [string, string | Uint8Array]> = [
    ["svg", plot.svg],
    ["png", renderPng(plot.svg)],
    ["csv", plot.csv],
    ...(latex && plot.latex !== undefined ? [["tex", plot.latex] as const] : []),
  ];
  const files: string[] = [];
  for (const [extension, content] of contents) {
    const path = join(out, `${plot.name}.${extension}`);
    await writeFileAtomic(path, content);
    files.push(relative(cwd, path));
  }
  return files;
}
