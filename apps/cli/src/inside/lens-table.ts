import type { LensCell, LensPlace } from "@caa/core";
import { lensAxes, lensCellFinder, type LensResult, PLACE_NAMES, tokenLabel } from "@caa/eval";
import { formatTable } from "../output/table.ts";

/** Tokens of a place that stands alone. */
const TOKENS_OF_ONE = 5;

/**
 * A table a position, a line a layer: the likeliest token of each place, or the likeliest few of a single place; plain
 * beside steered.
 */
export function formatLens({ plain, steered }: LensResult, places: readonly LensPlace[]): string {
  const count = places.length === 1 ? TOKENS_OF_ONE : 1;
  const runs = [plain, ...(steered === null ? [] : [steered])].map(lensCellFinder);
  const columns = places.flatMap((place) => [
    { title: PLACE_NAMES[place] },
    ...(steered === null ? [] : [{ title: "steered" }]),
  ]);
  const { layers, positions } = lensAxes(plain);
  const tables = positions.map((position) => {
    const rows = layers.map((layer) => [
      String(layer),
      ...places.flatMap((place) =>
        runs.map((find) => cellText(find(layer, position, place), count)),
      ),
    ]);
    const head = `position ${position} ${tokenLabel(plain.tokens[position]?.text ?? "")}`;
    return `${head}\n${formatTable([{ title: "layer", align: "right" }, ...columns], rows)}`;
  });
  return tables.join("\n");
}

function cellText(cell: LensCell | undefined, count: number): string {
  return (cell?.top ?? [])
    .slice(0, count)
    .map(({ text, probability }) => `${tokenLabel(text)} ${probability.toFixed(2)}`)
    .join("  ");
}
