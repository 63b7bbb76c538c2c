import type { Feed } from "../../../../packages/llama/src/runtime/session.ts";
import type { RopeTable } from "../../../../packages/llama/src/engine/rope.ts";
import type { TreeRow } from "../documents/tree-row.ts";

export interface FeedOptions {
  readonly layers: number;
  readonly dModel: number;
  /** The layer after which vectors are added, 0-based. */
  readonly plantedLayer: number;
  /** The layer after which options say on which side they are, 0-based. */
  readonly flagLayer: number;
  /** Of the auxiliary losses, which are means: over questions, flagged tokens, pairs. */
  readonly previewWeight: number;
  readonly flagWeight: number;
  readonly pairWeight: number;
}

/**
 * The training graph's inputs for some rows, padded behind to the longest: B rows, S tokens, K vectors, Q pairs.
 * Weights are divided by B, so that the loss is a mean over rows.
 */
export function rowFeeds(
  rows: readonly TreeRow[],
  vectors: readonly Float32Array[],
  rope: RopeTable,
  options: FeedOptions,
): Map<string, Feed> {
  const { layers, dModel, plantedLayer, flagLayer } = options;
  const count = rows.length;
  const tokens = Math.max(...rows.map(({ ids }) => ids.length));
  const k = vectors.length;
  const ids = new BigInt64Array(count * tokens);
  const positions = new BigInt64Array(count * tokens);
  const mask = new Float32Array(count * tokens * tokens).fill(Number.NEGATIVE_INFINITY);
  const coefficients = new Float32Array(layers * count * tokens * k); // (L, B, S, K)
  rows.forEach((row, r) => {
    for (let at = 0; at < tokens; at++) {
      const flat = r * tokens + at;
      ids[flat] = BigInt(row.ids[at] ?? 0);
      positions[flat] = BigInt(row.positions[at] ?? 0);
      for (let seen = at; seen >= 0; seen = row.parents[seen] ?? -1) {
        mask[flat * tokens + seen] = 0;
      }
      for (const { vector, amount } of row.additions[at] ?? []) {
        const place = (plantedLayer * count * tokens + flat) * k + vector;
        coefficients[place] = (coefficients[place] ?? 0) + amount;
      }
    }
  });
  const table = new Float32Array(layers * k * dModel);
  if (plantedLayer < layers) {
    vectors.forEach((vector, i) => table.set(vector, (plantedLayer * k + i) * dModel));
  }

  const targets = rows.flatMap((row, r) =>
    row.targets.map(({ at, token, weight }) => ({ at: r * tokens + at, token, weight })),
  );
  const pairs = rows.flatMap((row, r) =>
    row.pairs.map((pair) => ({
      ...pair,
      matching: r * tokens + pair.matching,
      other: r * tokens + pair.other,
    })),
  );
  const wanted = new Float32Array(pairs.length * dModel);
  pairs.forEach(({ vector, amount }, i) => {
    const direction = vector === null ? undefined : vectors[vector];
    direction?.forEach((x, j) => (wanted[i * dModel + j] = amount * x));
  });

  const flags = rows.flatMap((row, r) =>
    row.flags.map(({ at, vector, wanted: value }) => ({ at: r * tokens + at, vector, value })),
  );
  const directions = new Float32Array(flags.length * dModel);
  flags.forEach(({ vector }, i) => directions.set(vectors[vector] ?? [], i * dModel));
  const previews = rows.flatMap((row, r) =>
    row.previews.map(({ at, right, wrong }) => ({ at: r * tokens + at, right, wrong })),
  );
  const zeros = (...shape: readonly number[]): Feed => ({
    data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
    shape,
  });
  const { cos, sin, shape: ropeShape } = rope.upTo(Math.max(tokens, 1));
  const flagFeeds: ReadonlyArray<readonly [string, Feed]> = [
    ["flag_weight", scalar(options.flagWeight / Math.max(1, flags.length))],
    ["flag_directions", { data: directions, shape: [flags.length, dModel] }],
    ["flag_at", whole(flags.map(({ at }) => at))],
    [
      "flag_wanted",
      { data: Float32Array.from(flags, ({ value }) => value), shape: [flags.length, 1] },
    ],
  ];
  const perToken = [layers, count, tokens] as const;
  const pairFeeds: ReadonlyArray<readonly [string, Feed]> = [
    ["pair_matching", whole(pairs.map(({ matching }) => matching))],
    ["pair_other", whole(pairs.map(({ other }) => other))],
    ["pair_differences", { data: wanted, shape: [pairs.length, dModel] }],
    ["pair_weight", scalar(options.pairWeight / Math.max(1, pairs.length))],
  ];
  return new Map<string, Feed>([
    ["input_ids", { data: ids, shape: [count, tokens] }],
    ["position_ids", { data: positions, shape: [count, tokens] }],
    ["rope_cos", { data: cos, shape: ropeShape }],
    ["rope_sin", { data: sin, shape: ropeShape }],
    ["attention_bias", { data: mask, shape: [count, 1, tokens, tokens] }],
    ["logit_positions", whole(targets.map(({ at }) => at))],
    ["target_ids", whole(targets.map(({ token }) => token))],
    [
      "target_weights",
      { data: Float32Array.from(targets, ({ weight }) => weight / count), shape: [targets.length] },
    ],
    ["steering_vectors", { data: table, shape: [layers, k, dModel] }],
    ["steering_coefficients", { data: coefficients, shape: [...perToken, k] }],
    ["steering_directions", zeros(layers, 1, dModel)],
    ["ablation_gains", zeros(...perToken, 1)],
    ["clamp_gains", zeros(...perToken, 1)],
    ["clamp_targets", zeros(...perToken, 1)],
    ["preview_at", whole(previews.map(({ at }) => at))],
    [
      "preview_tokens",
      {
        data: BigInt64Array.from(
          previews.flatMap(({ right, wrong }) => [right, wrong]),
          BigInt,
        ),
        shape: [previews.length, 2],
      },
    ],
    ["preview_weights", firstOfTwo(previews.length, options.previewWeight)],
    ...(flagLayer < layers ? flagFeeds : []),
    ...(plantedLayer < layers ? pairFeeds : []),
  ]);
}

function whole(values: readonly number[]): Feed {
  return { data: BigInt64Array.from(values, BigInt), shape: [values.length] };
}

function scalar(value: number): Feed {
  return { data: Float32Array.of(value), shape: [] };
}

/** (E, 2): weight / E for the first of each two, which is the one wanted. */
function firstOfTwo(count: number, weight: number): Feed {
  const data = Float32Array.from({ length: 2 * count }, (_, i) =>
    i % 2 === 0 ? weight / count : 0,
  );
  return { data, shape: [count, 2] };
}
