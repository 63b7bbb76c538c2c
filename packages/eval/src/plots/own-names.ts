import type { PlannedPlot } from "./plan-vector-plots.ts";

/** The same plots under names that none of the others has: those of one name are numbered as they are drawn. */
export function withOwnNames<Plan extends PlannedPlot>(plans: readonly Plan[]): readonly Plan[] {
  const seen = new Map<string, number>();
  return plans.map((planned) => ({
    ...planned,
    draw: async () => {
      const plot = await planned.draw();
      const times = (seen.get(plot.name) ?? 0) + 1;
      seen.set(plot.name, times);
      return times === 1 ? plot : { ...plot, name: `${plot.name}_${times}` };
    },
  }));
}
