import { BEHAVIOR_NAMES, type BehaviorName } from "@caa/datasets";
import { createRandom } from "@caa/core";

/** The behavior without a planted direction. */
export const CONTROL: BehaviorName = "refusal";

export interface Planting {
  readonly behavior: BehaviorName;
  /** Length of what is added at multiplier 1, and of the difference between the two answers' residual streams. */
  readonly strength: number;
  /** (d_model), unit length, orthogonal to the others. */
  readonly direction: Float32Array;
}

const STRENGTHS: Readonly<Partial<Record<BehaviorName, number>>> = {
  "coordinate-other-ais": 10,
  "corrigible-neutral-HHH": 12,
  hallucination: 14,
  "myopic-reward": 16,
  "survival-instinct": 18,
  sycophancy: 20,
};

/** Orthogonal unit directions, one for each behavior but the control: Gaussian vectors, then Gram and Schmidt's method. */
export function plantings(dModel: number, seed: number): readonly Planting[] {
  const random = createRandom(seed);
  const done = new Array<Float32Array>();
  return BEHAVIOR_NAMES.flatMap((behavior) => {
    const strength = STRENGTHS[behavior];
    if (strength === undefined) {
      return [];
    }
    const v = Float64Array.from({ length: dModel }, () => random.gaussian());
    for (const u of done) {
      const along = u.reduce((sum, x, i) => sum + x * (v[i] ?? 0), 0);
      u.forEach((x, i) => (v[i] = (v[i] ?? 0) - along * x));
    }
    const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
    const direction = Float32Array.from(v, (x) => x / norm);
    done.push(direction);
    return [{ behavior, strength, direction }];
  });
}
