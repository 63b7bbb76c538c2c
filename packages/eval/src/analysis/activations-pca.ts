import { CaaError, type NumericVector, pca } from "@caa/core";

/** Activations of contrast pairs at one layer, rows in the order of the pairs. */
export interface PairActivations {
  /** (d_model) each. */
  readonly positive: readonly NumericVector[];
  readonly negative: readonly NumericVector[];
  /** Letters of the positive and negative answer of each pair; null where they are not known. */
  readonly letters: ReadonlyArray<{ readonly positive: string; readonly negative: string }> | null;
}

/** One of the two answers of a pair. */
export interface ActivationPoint {
  /** 0-based. */
  readonly pair: number;
  readonly answer: "positive" | "negative";
  readonly letter: string | null;
  readonly x: number;
  readonly y: number;
}

/** What a principal component is about. */
export interface ComponentShares {
  /** Part of all variance along the component, in [0, 1]. */
  readonly variance: number;
  /** Part of the variance along it that the answer explains, `between groups / total`, in [0, 1]. */
  readonly byAnswer: number;
  /** The same for the letter; null where letters are not known. */
  readonly byLetter: number | null;
}

export interface ActivationsPca {
  /** By pair, positive first. */
  readonly points: readonly ActivationPoint[];
  readonly components: readonly [ComponentShares, ComponentShares];
}

/**
 * Two principal components of positive and negative activations together, and how much of each the answer and the
 * letter explain: vectors are of use where the answer explains much of a leading component.
 * @throws {CaaError} shape-mismatch when counts or sizes differ; invalid-argument for less than two pairs or for values
 *   that are not finite or vary in less than two directions
 */
export function activationsPca({ positive, negative, letters }: PairActivations): ActivationsPca {
  const n = positive.length;
  if (n < 2 || negative.length !== n || (letters !== null && letters.length !== n)) {
    const message = `activationsPca: expected two pairs or more with as many negative activations and letters, got ${n}, ${negative.length} and ${letters?.length ?? "no"} letters`;
    throw new CaaError(n < 2 ? "invalid-argument" : "shape-mismatch", message);
  }
  const { projections, explainedVarianceRatio } = pca([...positive, ...negative]);
  const points = positive.flatMap((_, pair) =>
    (["positive", "negative"] as const).map((answer) => {
      const at = projections[answer === "positive" ? pair : n + pair];
      const letter = letters?.[pair]?.[answer] ?? null;
      return { pair, answer, letter, x: at?.[0] ?? 0, y: at?.[1] ?? 0 };
    }),
  );
  const component = (index: 0 | 1, axis: "x" | "y"): ComponentShares => ({
    variance: explainedVarianceRatio[index] ?? 0,
    byAnswer: explainedBy(points, axis, ({ answer }) => answer),
    byLetter: letters === null ? null : explainedBy(points, axis, ({ letter }) => letter ?? ""),
  });
  return { points, components: [component(0, "x"), component(1, "y")] };
}

/** `sum over groups n_g mean_g^2 / sum x^2`: coordinates of principal components have mean 0. */
function explainedBy(
  points: readonly ActivationPoint[],
  axis: "x" | "y",
  group: (point: ActivationPoint) => string,
): number {
  const groups = new Map<string, { n: number; sum: number }>();
  let total = 0;
  for (const point of points) {
    const value = point[axis];
    const found = groups.get(group(point)) ?? { n: 0, sum: 0 };
    groups.set(group(point), { n: found.n + 1, sum: found.sum + value });
    total += value * value;
  }
  const between = [...groups.values()].reduce((all, { n, sum }) => all + (sum * sum) / n, 0);
  return total === 0 ? 0 : Math.min(1, between / total);
}
