import type { LensCell, LensPlace, LensReading } from "@caa/core";

/** Layers, positions and places of a reading, each once, in its order. */
export interface LensAxes {
  readonly layers: readonly number[];
  readonly positions: readonly number[];
  readonly places: readonly LensPlace[];
}

export function lensAxes({ cells }: LensReading): LensAxes {
  return {
    layers: [...new Set(cells.map(({ layer }) => layer))],
    positions: [...new Set(cells.map(({ position }) => position))],
    places: [...new Set(cells.map(({ place }) => place))],
  };
}

/** Finds a cell in a reading. */
export function lensCellFinder(
  reading: LensReading,
): (layer: number, position: number, place: LensPlace) => LensCell | undefined {
  const key = (layer: number, position: number, place: string): string =>
    `${layer} ${position} ${place}`;
  const cells = new Map(
    reading.cells.map((cell) => [key(cell.layer, cell.position, cell.place), cell]),
  );
  return (layer, position, place) => cells.get(key(layer, position, place));
}

/** What the places are called where a reader meets them. */
export const PLACE_NAMES: Readonly<Record<LensPlace, string>> = {
  "attention-output": "attention output",
  "residual-after-attention": "residual after attention",
  "mlp-output": "MLP output",
  "block-output": "block output",
};
