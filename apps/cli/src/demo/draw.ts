import { join, relative } from "node:path";
import type { Plot } from "@caa/eval/plots";
import { throwIfAborted } from "@caa/core";
import type { CliDependencies } from "../dependencies.ts";
import { startProgress } from "../output/progress.ts";
import type { MeasuredBehavior } from "./write-up.ts";

export interface DrawnBehavior {
  readonly effects: Plot;
  readonly curve: Plot;
}

/** Draws each behavior and writes SVG and CSV; gives the plots, in the order given, and the files. */
export async function drawBehaviors(
  behaviors: readonly MeasuredBehavior[],
  model: string,
  folder: string,
  dependencies: CliDependencies,
): Promise<{ readonly drawn: readonly DrawnBehavior[]; readonly files: readonly string[] }> {
  const { plotAbResults, plotEffects } = await import("@caa/eval/plots");
  const { writeFileAtomic } = await import("@caa/core/files");
  const drawn: DrawnBehavior[] = [];
  const files: string[] = [];
  const progress = startProgress(dependencies, "plots", "behaviors");
  try {
    for (const [index, { sweep, layer, curve }] of behaviors.entries()) {
      throwIfAborted(dependencies.signal);
      const effects = await plotEffects({
        behavior: sweep.vectors.behavior,
        model,
        effects: sweep.effects,
        controls: sweep.controlEffects,
        controlsAre: `${sweep.controls.length} random directions of the same norm`,
      });
      const [layers] = await plotAbResults(sweep.cells, { layer, kinds: ["layers"] });
      const [multipliers] = await plotAbResults(curve, { layer, kinds: ["multipliers"] });
      for (const plot of [effects, layers, multipliers].filter((one) => one !== undefined)) {
        for (const [extension, content] of [
          ["svg", plot.svg],
          ["csv", plot.csv],
        ] as const) {
          const path = join(folder, `${plot.name}.${extension}`);
          await writeFileAtomic(path, content);
          files.push(relative(dependencies.cwd, path));
        }
      }
      if (multipliers !== undefined) {
        drawn.push({ effects, curve: multipliers });
      }
      progress.update(index + 1, behaviors.length);
    }
  } finally {
    progress.end();
  }
  return { drawn, files };
}
