import type { LensCell, LensPlace } from "@caa/core";
import { divergingColor } from "../plots/palette.ts";
import { renderReport } from "../report/render-report.ts";
import type { Block, Patch, Section } from "../report/report.ts";
import { tokenLabel, visibleText } from "../tokens/visible-text.ts";
import { lensAxes, lensCellFinder, PLACE_NAMES } from "./lens-cells.ts";
import type { LensResult } from "./read-lens.ts";

/** The share of the scale's strength at probability 1: black text reads well on it. */
const STRONGEST = 0.75;

export interface LensPageOptions {
  /** Settings that the result does not have, such as the steering in words. @default none */
  readonly facts?: ReadonlyArray<readonly [name: string, value: string]>;
}

/**
 * A page of grids with the likeliest token of each layer: at one position the places side by side, at several a grid of
 * layers by positions for each place; plain beside steered. The rest of a cell is under the pointer. It loads and runs
 * nothing.
 */
export function renderLensPage(result: LensResult, options: LensPageOptions = {}): string {
  const { model, plain, steered } = result;
  const axes = lensAxes(plain);
  const [only] = axes.positions;
  const lead: Block[] = [
    {
      kind: "text",
      text: `What the model would say next if it ended within a block: softmax(lm_head(norm(h))), with the model's final norm and unembedding. Each cell has the likeliest token, on the color of its probability; a pointer that rests on a cell shows the others.${steered === null ? "" : " Bold: steering changes the likeliest token."}`,
    },
    {
      kind: "facts",
      facts: [["model", model.id], ...(options.facts ?? [])],
    },
    {
      kind: "patches",
      caption: "Colors of probabilities",
      patches: [0, 0.25, 0.5, 0.75, 1].map((probability) => ({
        text: ` ${probability.toFixed(2)} `,
        color: colorOf(probability),
      })),
    },
    tokensBlock(result),
  ];
  const sections: Section[] =
    axes.positions.length === 1 && only !== undefined
      ? [
          {
            title: `Next token at position ${only}, ${tokenLabel(plain.tokens[only]?.text ?? "")}`,
            blocks: [
              gridOf(
                result,
                axes.places.map((place) => ({ title: PLACE_NAMES[place], place, position: only })),
              ),
            ],
          },
        ]
      : axes.places.toReversed().map((place) => ({
          title: `${capital(PLACE_NAMES[place])}: next token by layer and position`,
          blocks: [
            gridOf(
              result,
              axes.positions.map((position) => ({
                title: `${position} ${tokenLabel(plain.tokens[position]?.text ?? "")}`,
                place,
                position,
              })),
            ),
          ],
        }));
  const title = `Logit lens of ${model.id}${steered === null ? "" : ", plain and steered"}`;
  return renderReport({ title, lead, sections });
}

function tokensBlock({ plain, steered }: LensResult): Block {
  const span = steered?.steered ?? null;
  return {
    kind: "patches",
    caption: `The text${span === null ? "" : "; steered from the gray on"}`,
    patches: plain.tokens.map(({ text }, position) => ({
      text: visibleText(text),
      hover: `position ${position}`,
      endsLine: text.endsWith("\n"),
      ...(span !== null && position >= span.first && position < span.first + span.count
        ? { color: "#e4e4e4" }
        : {}),
    })),
  };
}

interface GridColumn {
  readonly title: string;
  readonly place: LensPlace;
  readonly position: number;
}

/** Where several positions are shown, those before the first steered one are left out of the steered run: nothing acts on them. */
function gridOf({ plain, steered }: LensResult, columns: readonly GridColumn[]): Block {
  const [only, ...others] = new Set(columns.map(({ position }) => position));
  const first = others.length === 0 ? (only ?? 0) : (steered?.steered?.first ?? 0);
  const find = lensCellFinder(plain);
  const findSteered = steered === null ? undefined : lensCellFinder(steered);
  const withSteered = (position: number): boolean => findSteered !== undefined && position >= first;
  return {
    kind: "grid",
    rowTitle: "layer",
    groups: columns.map(({ title, position }) => ({
      title,
      columns: steered === null ? [""] : withSteered(position) ? ["plain", "steered"] : ["plain"],
    })),
    rows: lensAxes(plain).layers.map((layer) => ({
      title: String(layer),
      cells: columns.flatMap(({ position, place }) => {
        const cell = find(layer, position, place);
        return [
          patchOf(cell),
          ...(withSteered(position) ? [patchOf(findSteered?.(layer, position, place), cell)] : []),
        ];
      }),
    })),
  };
}

/** @param plain the same cell without steering, of one with steering */
function patchOf(cell: LensCell | undefined, plain?: LensCell): Patch {
  const [best] = cell?.top ?? [];
  if (cell === undefined || best === undefined) {
    return { text: "" };
  }
  const { layer, position, place, top } = cell;
  const lines = top.map(
    ({ text, probability }) => `${probability.toFixed(3)}  ${tokenLabel(text)}`,
  );
  return {
    text: tokenLabel(best.text),
    color: colorOf(best.probability),
    strong: plain !== undefined && plain.top[0]?.id !== best.id,
    hover: [
      `layer ${layer}, position ${position}, ${PLACE_NAMES[place]}${plain === undefined ? "" : ", steered"}`,
      ...lines,
    ].join("\n"),
  };
}

function colorOf(probability: number): string {
  return divergingColor(probability * STRONGEST);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
