import { mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { ExplainedToken, Generation, ReadText, SteerableModel } from "@caa/core";
import { writeFileAtomic } from "@caa/core/files";
import { renderTracePage, type Trace } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import type { ModelOptions } from "../options/model.ts";
import { modelFileName } from "../options/names.ts";
import type { SamplingOptions } from "../options/sampling.ts";
import { EXPLAIN_COLUMNS, explainRows, explainSentence } from "../output/explain-table.ts";
import { writePlot } from "../output/write-plots.ts";
import type { ResolvedSteering, SteeringOptions } from "../steering.ts";
import { insideSettings, planText } from "./inside-name.ts";
import type { ShownProbe } from "./trace-table.ts";

export interface TraceCommandOptions extends ModelOptions, SteeringOptions, SamplingOptions {
  readonly prompt: string;
  readonly system?: string;
  readonly answer?: string;
  readonly behaviors: readonly string[];
  readonly layer?: number;
  readonly out: string;
  readonly json?: boolean;
}

export interface Traced {
  readonly trace: Trace;
  readonly text: ReadText;
  /** Null where the answer was given. */
  readonly generation: Generation | null;
}

/** All that one look into the model has. */
export interface Look extends Traced {
  readonly model: SteerableModel;
  readonly resolved: ResolvedSteering;
  readonly shown: readonly ShownProbe[];
  readonly options: TraceCommandOptions;
}

/** Writes the page, and the heat map and figures of each behavior; gives the files, relative to the working folder. */
export async function writeTrace(
  look: Look,
  dependencies: CliDependencies,
): Promise<readonly string[]> {
  const { plotFileName, plotTrace } = await import("@caa/eval/plots");
  const { model, options, resolved, shown } = look;
  const { entries } = resolved;
  const { cwd } = dependencies;
  const { prompt: user, system, answer, temperature, seed, out } = options;
  const asked = {
    user,
    ...(system === undefined ? {} : { system }),
    ...(answer === undefined ? {} : { answer }),
  };
  const settings = {
    ...insideSettings(modelFileName(model.info.id), asked, entries),
    ...(temperature === 0 ? {} : { seed: String(seed) }),
  };
  const steer = planText(entries);
  const explained = entries.length === 0 ? null : await explain(look, dependencies);
  const page = renderTracePage(look.trace, {
    layers: Object.fromEntries(shown.map(({ name, layer }) => [name, layer])),
    facts: [
      ["steering", steer === "" ? "none" : steer],
      ["answer", look.generation === null ? "given" : "generated"],
    ],
    sections:
      explained === null
        ? []
        : [
            {
              title: "What steering changes",
              blocks: [
                { kind: "text", text: `${explainSentence(explained)}.` },
                {
                  kind: "table",
                  columns: EXPLAIN_COLUMNS,
                  rows: explainRows(explained.filter(({ steps }) => steps.length > 0)),
                },
              ],
            },
          ],
  });
  await mkdir(resolve(cwd, out), { recursive: true });
  const behavior = options.behaviors.join("+");
  const path = join(resolve(cwd, out), `${plotFileName("trace", { behavior, ...settings })}.html`);
  await writeFileAtomic(path, page);
  const files = [relative(cwd, path)];
  for (const { name } of shown) {
    const plot = await plotTrace(look.trace, name, {
      name: plotFileName("trace", { behavior: name, ...settings }),
      ...(steer === "" ? {} : { subtitle: steer }),
    });
    files.push(...(await writePlot(plot, { out }, dependencies)));
  }
  return files;
}

/** Of prompt and answer; of the prompt alone where the answer's text gives other tokens than were generated. */
async function explain(
  { model, resolved, text, trace: { tokens } }: Look,
  { signal }: CliDependencies,
): Promise<readonly ExplainedToken[]> {
  const { answer: _, ...prompt } = text;
  const whole = await model.explain(text, resolved.steering, { signal });
  // The token that ends an answer has no text.
  return whole.every(({ id }, i) => tokens[i]?.id === id)
    ? whole
    : await model.explain(prompt, resolved.steering, { signal });
}
