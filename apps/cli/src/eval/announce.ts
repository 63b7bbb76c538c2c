import type { CellSettings, ChoiceQuestion } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { describeVectors } from "../load-vectors.ts";
import { isFile } from "../vector-files.ts";
import { controlsOf } from "./controls.ts";
import type { EvalJob, EvalOptions } from "./evaluate.ts";

/** Says what will run and what it can show, before it does. */
export async function announce(
  jobs: readonly EvalJob[],
  options: EvalOptions,
  { cwd, stderr }: CliDependencies,
): Promise<void> {
  const { model, baseModel } = jobs[0]?.sweep ?? {};
  if (model !== undefined) {
    const { info } = model;
    stderr.write(
      `model: ${info.id}${baseModel === undefined ? "" : ` in place of ${baseModel}`}, ${info.dtype} on ${info.device}, prompt style ${info.promptStyle}\n`,
    );
  }
  for (const job of jobs) {
    const { items, loaded, sweep } = job;
    const { behavior, hash } = items.set;
    if (loaded.vectors.metadata.datasetHash === hash) {
      stderr.write(
        `note: ${behavior} is tested on the very items that its vectors were made of; hold some out to see what steering does elsewhere\n`,
      );
    }
    const count = Math.min(options.limit ?? items.set.items.length, items.set.items.length);
    const cells = sweep.layers.length * sweep.multipliers.length;
    const there = await countThere(job, options);
    const fate = options.overwrite === true ? "measured again" : "kept";
    const what = items.type === "open_ended" ? "questions" : "items";
    stderr.write(
      `${describeVectors(loaded, cwd)}\n${behavior}: ${count} ${what}, ${sweep.layers.length} layers x ${sweep.multipliers.length} multipliers = ${cells} cells, ${there} of them there already${there > 0 ? ` and ${fate}` : ""}\n`,
    );
    if (items.type !== "open_ended") {
      await announceChoices(job, options, items.set.items.slice(0, count), stderr);
    }
  }
}

async function announceChoices(
  job: EvalJob,
  options: EvalOptions,
  questions: readonly ChoiceQuestion[],
  stderr: CliDependencies["stderr"],
): Promise<void> {
  const { resolutionOf } = await import("@caa/eval");
  const { behavior } = job.items.set;
  const { controls, multipliers, note } = await controlsOf(job, options);
  if (controls.length > 0) {
    const cells = controls.length * job.sweep.layers.length * multipliers.length;
    stderr.write(
      `${behavior}: beside it ${controls.map(({ name }) => name).join(", ")}: ${cells} more cells; --no-controls leaves them out\n`,
    );
  }
  if (note !== null) {
    stderr.write(`note: ${behavior}: ${note}\n`);
  }
  if (questions.length < 2) {
    stderr.write(`note: ${behavior}: one item has no interval\n`);
    return;
  }
  const sizes = categorySizes(questions);
  const { halfWidth, smallestEffect } = resolutionOf(sizes);
  const found =
    smallestEffect < 1
      ? `find a change of ${smallestEffect.toFixed(2)} in 80 % of cases, smaller ones where items move alike`
      : "are too few to find a change surely, unless items move alike";
  stderr.write(
    `${behavior}: ${questions.length} items${sizes.length > 1 ? ` in ${sizes.length} categories` : ""} tell p(matching) to ±${halfWidth.toFixed(2)} near 0.5 (95 %), and ${found}\n`,
  );
}

/** Items of each category; of all where there are none. */
function categorySizes(questions: readonly ChoiceQuestion[]): readonly number[] {
  const sizes = new Map<string, number>();
  for (const { category = "" } of questions) {
    sizes.set(category, (sizes.get(category) ?? 0) + 1);
  }
  return [...sizes.values()];
}

async function countThere(
  { items, sweep }: EvalJob,
  { maxNewTokens }: EvalOptions,
): Promise<number> {
  const { sweepSettings } = await import("@caa/eval");
  const common = sweepSettings(items.set.behavior, sweep);
  let there = 0;
  for (const layer of sweep.layers) {
    for (const multiplier of sweep.multipliers) {
      const place = { ...common, layer, multiplier };
      const settings: CellSettings =
        items.type === "open_ended"
          ? { ...place, type: items.type, maxNewTokens }
          : { ...place, type: items.type };
      there += (await isFile(sweep.store.path(settings))) ? 1 : 0;
    }
  }
  return there;
}
