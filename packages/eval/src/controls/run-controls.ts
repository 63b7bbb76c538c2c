import { CaaError } from "@caa/core";
import { type ChoiceSweepOptions, runChoiceSets } from "../choice/choice-sweep.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";
import type { ChoiceType } from "../results/settings.ts";
import type { Control } from "./control.ts";

export interface RunControlsOptions extends Omit<
  ChoiceSweepOptions,
  "type" | "vectors" | "vectorsKind"
> {
  /** @default "ab" */
  readonly type?: ChoiceType | undefined;
  /** At least one; no two of one name. */
  readonly controls: readonly Control[];
}

/** What a control did. */
export interface ControlRun {
  readonly name: string;
  /** By layer, then in the order of the multipliers. */
  readonly cells: readonly ChoiceCell[];
}

/**
 * The experiment with each control in place of the behavior's own vectors: the same items, layers, multipliers and store, with
 * the control's name where results name the vectors. All controls of an item are one request to the model.
 * @throws {CaaError} empty-selection without controls; invalid-argument for two of one name; as `runChoiceSweep`
 */
export async function runControls(options: RunControlsOptions): Promise<readonly ControlRun[]> {
  const { controls, type = "ab", layers, multipliers, ...sweep } = options;
  const names = controls.map(({ name }) => name);
  if (names.length === 0) {
    throw new CaaError("empty-selection", "controls: expected at least one, got none");
  }
  if (new Set(names).size !== names.length) {
    const message = `controls: expected every name once, got ${names.join(" ")}`;
    throw new CaaError("invalid-argument", message);
  }
  const { cells } = await runChoiceSets(
    { ...sweep, type },
    controls.map(({ name, vectors }) => ({ vectors, vectorsKind: name, layers, multipliers })),
  );
  return names.map((name) => ({
    name,
    cells: cells.filter(({ settings }) => settings.vectors === name),
  }));
}
