import { norm, relativeDose, type Steering } from "@caa/core";
import type { ForwardJob, TokenSequence } from "../engine/jobs.ts";

/**
 * Reads, in the forward job that measures steerings of one prompt, the residual stream of the plain model where single added
 * vectors act, and makes doses of it.
 */
export class DoseReader {
  /** The plain model, to stand behind the steered sequences; none where there is nothing to read. */
  readonly sequences: readonly TokenSequence[];
  /** What to read of it; null for nothing. */
  readonly residual: NonNullable<ForwardJob["residual"]> | null;
  readonly #steerings: readonly Steering[];
  readonly #steered: readonly TokenSequence[];
  /** By layer and position: steerings share them. */
  readonly #norms = new Map<string, number>();

  /** @param steered one sequence a steering, all of the same tokens */
  constructor(steerings: readonly Steering[], steered: readonly TokenSequence[]) {
    this.#steerings = steerings;
    this.#steered = steered;
    const added = steered.flatMap(({ steps: [step, ...more] }) =>
      step?.operation === "add" && more.length === 0 ? [step] : [],
    );
    const ids = steered[0]?.ids ?? [];
    const first = Math.min(ids.length, ...added.map(({ from }) => from));
    this.sequences = added.length === 0 ? [] : [{ ids, steps: [] }];
    this.residual =
      added.length === 0
        ? null
        : {
            layers: [...new Set(added.map(({ layer }) => layer))].sort((a, b) => a - b),
            places: Array.from({ length: ids.length - first }, (_, i) => ({
              sequence: steered.length,
              position: first + i,
            })),
          };
  }

  /** The dose of one of the steerings. @param residual what the job read: (layers, d_model) a place */
  doseOf(index: number, residual: readonly Float32Array[]): number | null {
    const [step, ...more] = this.#steerings[index] ?? [];
    const range = this.#steered[index]?.steps[0];
    const { layers = [], places = [] } = this.residual ?? {};
    const row = step?.operation === "add" ? layers.indexOf(step.layer) : -1;
    if (step === undefined || range === undefined || more.length > 0 || row < 0) {
      return null;
    }
    const norms = places.flatMap(({ position }, place) => {
      const values = residual[place];
      return values === undefined || position < range.from || position > range.to
        ? []
        : [this.#norm(values, row, position)];
    });
    return relativeDose(step, norms);
  }

  #norm(values: Float32Array, row: number, position: number): number {
    const key = `${row}:${position}`;
    const dModel = values.length / (this.residual?.layers.length ?? 1);
    const length = this.#norms.get(key) ?? norm(values.subarray(row * dModel, (row + 1) * dModel));
    this.#norms.set(key, length);
    return length;
  }
}
