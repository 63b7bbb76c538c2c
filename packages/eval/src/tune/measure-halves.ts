import type { AbItem, DataSet } from "@caa/datasets";
import { type ChoiceSet, runChoiceSets } from "../choice/choice-sweep.ts";
import { type Control, randomControl } from "../controls/control.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";
import { type GridCell, gainsOf, gridOf, type MeasuredCell } from "./grid.ts";
import type { TunePlan, TuneStage } from "./tune-options.ts";
import type { TuneControl, TuneReport } from "./tune-result.ts";
import { sweepOf } from "./tune-sweep.ts";

/** Seeds of tunings that share no random direction, up to so many controls. */
const SEED_SPAN = 10_000;

/** Cells of some vectors on one half of the items. */
async function measure(
  plan: TunePlan,
  half: DataSet<AbItem>,
  stage: TuneStage,
  sets: readonly ChoiceSet[],
): Promise<readonly ChoiceCell[]> {
  return (await runChoiceSets({ ...sweepOf(plan, half, stage), type: "ab" }, sets)).cells;
}

/** The grid of layers and multipliers, and the plain model, on the items that are chosen on. */
export function measureGrid(
  plan: TunePlan,
  half: DataSet<AbItem>,
  layers: readonly number[],
): Promise<readonly ChoiceCell[]> {
  const { vectors, vectorsKind, multipliers } = plan;
  return measure(plan, half, "choose", [
    { vectors, vectorsKind, layers, multipliers: [0, ...multipliers] },
  ]);
}

/** A control that has chosen. */
interface ChosenControl extends Control {
  readonly layer: number;
}

/**
 * Lets random directions choose the layer at which they move the items the most, either way, among the layers of the grid and at
 * the multiplier that was chosen.
 * @param grid the cells of the grid, whose plain ones are those of the controls too
 */
export async function chooseControls(
  plan: TunePlan,
  half: DataSet<AbItem>,
  grid: readonly ChoiceCell[],
  multiplier: number,
): Promise<readonly ChosenControl[]> {
  const { vectors, seed } = plan;
  const plain = grid.filter(({ settings }) => settings.multiplier === 0);
  const layers = plain.map(({ settings }) => settings.layer);
  const controls = Array.from({ length: plan.controls }, (_, i) =>
    randomControl(vectors, seed * SEED_SPAN + i + 1),
  );
  const cells = await measure(
    plan,
    half,
    "controls",
    controls.map((control) => ({
      vectors: control.vectors,
      vectorsKind: control.name,
      layers,
      multipliers: [multiplier],
    })),
  );
  return controls.flatMap((control) => {
    const own = cells.filter(({ settings }) => settings.vectors === control.name);
    const size = ({ gain }: MeasuredCell): number => Math.abs(gain?.mean ?? 0);
    const [first, ...rest] = gridOf([...plain, ...own], seed);
    const best = rest.reduce((a, b) => (a === undefined || size(b) > size(a) ? b : a), first);
    return best === undefined ? [] : [{ ...control, layer: best.layer }];
  });
}

/** The chosen cell and the controls on the items that were kept back. */
export async function measureReport(
  plan: TunePlan,
  half: DataSet<AbItem>,
  { layer, multiplier }: Pick<GridCell, "layer" | "multiplier">,
  controls: readonly ChosenControl[],
): Promise<Omit<TuneReport, "chance"> | null> {
  const { vectors, vectorsKind } = plan;
  const cells = await measure(plan, half, "report", [
    { vectors, vectorsKind, layers: [layer], multipliers: [0, multiplier] },
    ...controls.map((control) => ({
      vectors: control.vectors,
      vectorsKind: control.name,
      layers: [control.layer],
      multipliers: [multiplier],
    })),
  ]);
  const [plain, steered, ...others] = cells;
  const [cell] = gridOf(cells.slice(0, 2), plan.seed);
  if (plain === undefined || steered === undefined || cell === undefined || cell.gain === null) {
    return null;
  }
  const { n, gain, letterMass, dose } = cell;
  return {
    n,
    gain,
    plain: plain.summary.p_matching,
    steered: steered.summary.p_matching,
    letterMass,
    dose,
    controls: others.flatMap((other): readonly TuneControl[] => {
      const gains = gainsOf(plain, other).filter((one) => one !== null);
      const change = gains.reduce((sum, value) => sum + value, 0) / gains.length;
      const { layer: at, vectors: name } = other.settings;
      return gains.length === 0 ? [] : [{ name, layer: at, change }];
    }),
  };
}
