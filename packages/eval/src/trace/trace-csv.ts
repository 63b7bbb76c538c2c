import { formatCsv } from "../plots/csv.ts";
import { cosineBand } from "./cosine-scale.ts";
import type { Trace } from "./trace-text.ts";

/** A trace as CSV, one row a token and probe; tokens as they are. */
export function traceCsv({ model, probes, tokens }: Trace): string {
  const band = cosineBand(model.dModel);
  return formatCsv([
    [
      "model",
      "position",
      "id",
      "token",
      "is_prompt",
      "is_steered",
      "behavior",
      "layer",
      "dot",
      "cosine",
      "cosine_band",
    ],
    ...tokens.flatMap(({ position, id, text, isPrompt, isSteered, scores }) =>
      probes.map(({ name, layer }, i) => [
        model.id,
        String(position),
        String(id),
        text,
        String(isPrompt),
        String(isSteered),
        name,
        String(layer),
        String(scores[i]?.dot ?? ""),
        String(scores[i]?.cosine ?? ""),
        String(band),
      ]),
    ),
  ]);
}
