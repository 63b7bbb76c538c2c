import type { ProbedToken, ProbeScore } from "@caa/core";
import { renderReport } from "../report/render-report.ts";
import type { Block, Section } from "../report/report.ts";
import { shortLabel, tokenLabel, visibleText } from "../tokens/visible-text.ts";
import { cosineColor, type CosineScale, cosineScale } from "./cosine-scale.ts";
import type { Trace } from "./trace-text.ts";

export interface TracePageOptions {
  /** Of each behavior: the layer that its colored text is of. */
  readonly layers: Readonly<Record<string, number>>;
  /** Settings that the trace does not have, such as the steering in words. @default none */
  readonly facts?: ReadonlyArray<readonly [name: string, value: string]>;
  /** Further parts, behind the others. @default none */
  readonly sections?: readonly Section[];
}

/** A page with the tokens of a trace in color, at one layer, and a heat map of all layers, for each behavior; it loads and runs nothing. */
export function renderTracePage(trace: Trace, options: TracePageOptions): string {
  const { model, probes, tokens } = trace;
  const scale = cosineScale(model.dModel);
  const behaviors = [...new Set(probes.map(({ name }) => name))];
  const steered = tokens.filter(({ isSteered }) => isSteered).length;
  return renderReport({
    title: `${behaviors.join(", ")}: the residual stream of ${model.id}, token by token`,
    lead: [
      { kind: "text", text: explainScale(scale, model.dModel) },
      {
        kind: "facts",
        facts: [
          ["model", model.id],
          ["tokens", `${tokens.length}, of them ${steered} steered`],
          ...(options.facts ?? []),
        ],
      },
      {
        kind: "patches",
        caption: "Colors",
        patches: [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1].map((share) => ({
          text: ` ${signed(share * scale.limit, 2)} `,
          color: cosineColor(share * scale.limit, scale),
        })),
      },
    ],
    sections: [
      ...behaviors.map((behavior) => sectionOf(trace, behavior, scale, options.layers[behavior])),
      ...(options.sections ?? []),
    ],
  });
}

function sectionOf(
  { probes, tokens }: Trace,
  behavior: string,
  scale: CosineScale,
  layer: number | undefined,
): Section {
  const own = probes.flatMap((probe, i) => (probe.name === behavior ? [{ ...probe, i }] : []));
  const shown = own.find((probe) => probe.layer === layer);
  const hover = (
    token: ProbedToken,
    probe: { readonly layer: number; readonly i: number },
  ): string =>
    `${describeToken(token)}\nlayer ${probe.layer}: ${describeScore(token.scores[probe.i])}`;
  const colored: readonly Block[] =
    shown === undefined
      ? []
      : [
          {
            kind: "patches",
            caption: `At layer ${shown.layer}, where the vector has length ${shown.norm.toPrecision(3)}`,
            patches: tokens.map((token) => ({
              text: visibleText(token.text),
              color: cosineColor(token.scores[shown.i]?.cosine ?? 0, scale),
              hover: hover(token, shown),
              endsLine: token.text.endsWith("\n"),
            })),
          },
        ];
  const map: Block = {
    kind: "grid",
    dense: true,
    rowTitle: "layer",
    caption: "All layers; the pointer shows the figures",
    groups: ["prompt", "answer"].flatMap((title, i) => {
      const part = tokens.filter(({ isPrompt }) => isPrompt === (i === 0));
      return part.length === 0
        ? []
        : [{ title, columns: part.map(({ text }) => shortLabel(text)) }];
    }),
    rows: own.map((probe) => ({
      title: String(probe.layer),
      cells: tokens.map((token) => ({
        text: "",
        color: cosineColor(token.scores[probe.i]?.cosine ?? 0, scale),
        hover: hover(token, probe),
      })),
    })),
  };
  return { title: behavior, blocks: [...colored, map] };
}

function explainScale({ band, limit }: CosineScale, dModel: number): string {
  return `The cosine of the residual stream with the vector, at each token that the model has read. White is within ±${band.toFixed(3)}, where the cosine with 95 % of random directions of ${dModel} dimensions lies; blue is along the vector, orange against it, strongest from ±${limit.toFixed(2)} on. Steering is in it: at steered tokens the stream holds what was added. All tokens may lean to one side together, since streams have large parts in common; what changes from token to token says more.`;
}

function describeToken({ position, text, isPrompt, isSteered }: ProbedToken): string {
  return `position ${position} ${tokenLabel(text)}, ${isPrompt ? "prompt" : "answer"}${isSteered ? ", steered" : ""}`;
}

function describeScore(score: ProbeScore | undefined): string {
  return score === undefined
    ? "not read"
    : `cosine ${signed(score.cosine, 3)}, dot product ${signed(score.dot, 2)}`;
}

function signed(value: number, digits: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(digits)}`;
}
