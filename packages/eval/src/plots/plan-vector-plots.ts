import type { Plot } from "./plot-ab-results.ts";
import { plotNorms, plotReliability } from "./plot-reliability.ts";
import {
  plotBehaviorSimilarity,
  plotLayerSimilarity,
  plotModelSimilarity,
} from "./plot-similarity.ts";
import { plotVectorsPca } from "./plot-vectors-pca.ts";
import type { NamedVectors } from "./vectors-subtitle.ts";

export interface VectorPlotsOptions {
  /** Draws the similarity between behaviors at this layer too, with its values. @default none */
  readonly layer?: number;
  /** What the principal components are of. @default "directions" */
  readonly of?: "directions" | "vectors";
}

/** A plot that is still to be drawn. */
export interface PlannedPlot {
  /** For people, such as `norms of llama-2-7b-chat`. */
  readonly what: string;
  /** @throws {CaaError} when these files have no such plot: other models, other sizes, too few layers or behaviors */
  readonly draw: () => Promise<Plot>;
}

/**
 * All plots of some files of vectors: for each file the similarity between its layers and its principal components, for
 * each model norms, reliability and the similarity between behaviors, and for every two models what they have in common.
 */
export function planVectorPlots(
  files: readonly NamedVectors[],
  { layer, of = "directions" }: VectorPlotsOptions = {},
): readonly PlannedPlot[] {
  const byModel = [...groupBy(files, ({ model }) => model)];
  const byBehavior = [...groupBy(files, ({ vectors }) => vectors.behavior)];
  return [
    ...files.flatMap((file) => {
      const name = `${file.vectors.behavior} on ${file.model}`;
      return [
        { what: `layers of ${name}`, draw: () => plotLayerSimilarity(file) },
        { what: `components of ${name}`, draw: () => plotVectorsPca([file], { of }) },
      ];
    }),
    ...byModel.flatMap(([model, own]) => [
      { what: `norms of ${model}`, draw: () => plotNorms(own) },
      { what: `reliability of ${model}`, draw: () => plotReliability(own) },
      ...(own.length < 2
        ? []
        : [{ what: `behaviors of ${model}`, draw: () => plotBehaviorSimilarity(own) }]),
      ...(own.length < 2 || layer === undefined
        ? []
        : [
            {
              what: `behaviors of ${model} at layer ${layer}`,
              draw: () => plotBehaviorSimilarity(own, { layer }),
            },
          ]),
    ]),
    ...byModel.flatMap(([model, own], i) =>
      byModel.slice(i + 1).flatMap(([other, others]) => {
        const pairs = own.flatMap((file) => {
          const match = others.find(({ vectors }) => vectors.behavior === file.vectors.behavior);
          return match === undefined ? [] : [[file, match] as const];
        });
        return pairs.length === 0
          ? []
          : [{ what: `${model} and ${other}`, draw: () => plotModelSimilarity(pairs) }];
      }),
    ),
    // Vectors of other sizes lie in other spaces.
    ...byBehavior.flatMap(([behavior, own]) =>
      [...groupBy(own, ({ vectors }) => vectors.dModel)].flatMap(([, same]) =>
        same.length < 2
          ? []
          : [
              {
                what: `components of ${behavior} on ${same.map(({ model }) => model).join(", ")}`,
                draw: () => plotVectorsPca(same, { of }),
              },
            ],
      ),
    ),
  ];
}

function groupBy<Item, Key>(items: readonly Item[], key: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) {
      groups.set(key(item), [item]);
    } else {
      group.push(item);
    }
  }
  return groups;
}
