import type { ModelInfo } from "@caa/core";
import { type Block, renderReport } from "@caa/eval";
import type { Table } from "./tables.ts";

/** What the demo's page shows; all of it was measured and worded before. */
export interface DemoPage {
  readonly about: string;
  readonly model: ModelInfo;
  readonly settings: ReadonlyArray<readonly [name: string, value: string]>;
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
  readonly lengths: Table;
  readonly normalization: string;
  readonly effects: Table;
  readonly effectPlots: readonly Picture[];
  readonly curves: Table;
  readonly curvePlots: readonly Picture[];
  readonly answers: Table;
  readonly answersNote: string;
  readonly commandsTitle: string;
  readonly commands: string;
}

interface Picture {
  readonly svg: string;
  readonly caption: string;
}

const READING =
  "p(matching) is the probability of the answer that shows the behavior, as a share of that of both letters. An effect is its change, item by item, from multiplier -1 to +1. The layer is chosen on the items on which its effect is reported, which makes that effect look a little larger than it is.";

/** The page of the demo. @throws {CaaError} as `renderReport` */
export function demoPage(page: DemoPage): string {
  return renderReport({
    title: `Steering ${page.model.id}: what was found`,
    lead: [{ kind: "text", text: page.about }],
    sections: [
      {
        title: "Finding",
        blocks: [
          ...page.findings.map((text): Block => ({ kind: "note", text })),
          ...page.warnings.map((text): Block => ({ kind: "note", text, warning: true })),
          { kind: "text", text: READING },
        ],
      },
      {
        title: "Layer by layer",
        blocks: [
          ...page.effectPlots.map(figure),
          {
            kind: "table",
            ...page.effects,
            caption:
              "Change of p(matching) from -1 to +1 with its interval; least and largest of the random directions",
          },
        ],
      },
      {
        title: "Against the multiplier",
        blocks: [
          ...page.curvePlots.map(figure),
          {
            kind: "table",
            ...page.curves,
            caption:
              "p(matching) with its interval, and the mean probability of both letters together",
          },
        ],
      },
      {
        title: "Open questions, side by side",
        blocks: [
          { kind: "table", ...page.answers, long: true },
          { kind: "text", text: page.answersNote },
        ],
      },
      {
        title: "The vectors",
        blocks: [
          { kind: "table", ...page.lengths },
          { kind: "text", text: page.normalization },
        ],
      },
      { title: "Settings", blocks: [{ kind: "facts", facts: page.settings }] },
      {
        title: "Commands",
        blocks: [
          { kind: "text", text: `${page.commandsTitle}:` },
          { kind: "code", text: page.commands },
        ],
      },
    ],
  });
}

function figure({ svg, caption }: Picture): Block {
  return { kind: "figure", svg, caption };
}
