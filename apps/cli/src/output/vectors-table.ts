import { cosine, norm, type SteeringVectors } from "@caa/core";
import { formatTable } from "./table.ts";

export interface LayerFigures {
  readonly layer: number;
  readonly norm: number;
  /** Cosine between the vectors of the two halves of the pairs; null without halves or where one is zero. */
  readonly splitHalfCosine: number | null;
}

/** The norm of a layer's vector, and how well the two halves of the pairs agree on it. */
export function layerFigures(vectors: SteeringVectors, layer: number): LayerFigures {
  const [a, b] = [vectors.halves?.[0].get(layer), vectors.halves?.[1].get(layer)];
  const agree = a !== undefined && b !== undefined && norm(a) > 0 && norm(b) > 0;
  return {
    layer,
    norm: norm(vectors.vector(layer)),
    splitHalfCosine: agree ? cosine(a, b) : null,
  };
}

/** A row per behavior: pairs, and the figures at up to five layers from the first to the last. */
export function formatVectorsTable(
  made: ReadonlyArray<{ readonly vectors: SteeringVectors; readonly file: string }>,
): string {
  const layers = pick(made[0]?.vectors.layers ?? []);
  const columns = [
    { title: "behavior" },
    { title: "pairs", align: "right" as const },
    ...layers.flatMap((layer) => [
      { title: `norm@${layer}`, align: "right" as const },
      { title: `halves@${layer}`, align: "right" as const },
    ]),
    { title: "file" },
  ];
  const rows = made.map(({ vectors, file }) => [
    vectors.behavior,
    String(vectors.metadata.pairCount),
    ...layers.flatMap((layer) => {
      const figures = layerFigures(vectors, layer);
      return [figures.norm.toPrecision(3), figures.splitHalfCosine?.toFixed(3) ?? "-"];
    }),
    file,
  ]);
  return `${formatTable(columns, rows)}norm: length of the vector; halves: cosine between the vectors of the two halves of the pairs\n`;
}

function pick(layers: readonly number[]): readonly number[] {
  const last = layers.length - 1;
  const indices = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * last));
  return [...new Set(indices)].flatMap((index) => layers[index] ?? []);
}
