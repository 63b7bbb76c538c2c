import type { ExplainedToken } from "@caa/core";
import { formatTable } from "./table.ts";

export const EXPLAIN_COLUMNS = [
  { title: "position", align: "right" },
  { title: "token" },
  { title: "steering" },
  { title: "change", align: "right" },
  { title: "of the stream", align: "right" },
] as const;

/** Every token with what steering does there: a row a step, with the length of the change and its share of the stream's. */
export function explainRows(tokens: readonly ExplainedToken[]): ReadonlyArray<readonly string[]> {
  return tokens.flatMap(({ position, text, steps }) => {
    const token = [String(position), JSON.stringify(text)];
    return steps.length === 0
      ? [[...token, "", "", ""]]
      : steps.map(({ name, layer, multiplier, operation, changeNorm, relativeChange }, i) => [
          ...(i === 0 ? token : ["", ""]),
          `${operation} ${multiplier} ${name}@${layer}`,
          changeNorm?.toPrecision(3) ?? "",
          typeof relativeChange === "number" ? percent(relativeChange) : "",
        ]);
  });
}

/** The table in text, with a sentence on how many tokens are steered and how strongly. */
export function formatExplanation(tokens: readonly ExplainedToken[]): string {
  return `${formatTable(EXPLAIN_COLUMNS, explainRows(tokens))}${explainSentence(tokens)}; generated tokens follow the same rule\n`;
}

export function explainSentence(tokens: readonly ExplainedToken[]): string {
  const steered = tokens.filter((token) => token.steps.length > 0).length;
  const shares = tokens.flatMap(({ steps }) => steps.flatMap((step) => step.relativeChange ?? []));
  const strength =
    shares.length === 0
      ? ""
      : `; a step changes the residual stream there by ${[...new Set([Math.min(...shares), Math.max(...shares)].map(percent))].join(" to ")} of its length`;
  return `${steered} of ${tokens.length} tokens are steered${strength}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
