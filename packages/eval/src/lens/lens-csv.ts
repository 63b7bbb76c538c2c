import type { LensReading } from "@caa/core";
import { formatCsv } from "../plots/csv.ts";
import type { LensResult } from "./read-lens.ts";

/** A reading as CSV, one row a layer, position, place, kind of run and rank; tokens as they are. */
export function lensCsv({ model, plain, steered }: LensResult): string {
  const rows = (run: string, { tokens, cells }: LensReading): string[][] =>
    cells.flatMap(({ layer, position, place, top }) =>
      top.map(({ id, text, probability }, i) => [
        model.id,
        run,
        String(layer),
        String(position),
        tokens[position]?.text ?? "",
        place,
        String(i + 1),
        String(id),
        text,
        String(probability),
      ]),
    );
  return formatCsv([
    ["model", "run", "layer", "position", "token", "place", "rank", "id", "text", "probability"],
    ...rows("plain", plain),
    ...(steered === null ? [] : rows("steered", steered)),
  ]);
}
