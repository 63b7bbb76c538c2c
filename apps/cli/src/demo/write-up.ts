import { relative, resolve } from "node:path";
import type { ModelInfo } from "@caa/core";
import type { AbCell, JudgedEffect } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { abWarnings } from "../output/ab-table.ts";
import { drawBehaviors } from "./draw.ts";
import type { SteeredAnswers } from "./answers.ts";
import type { BehaviorSweep } from "./experiment.ts";
import {
  describeFinding,
  describeNegativeControl,
  type Finding,
  type JudgedBehavior,
} from "./finding.ts";
import { type DemoPage, demoPage } from "./page.ts";
import { type DemoSubject, describeSubject } from "./subject.ts";

/** A behavior with what was measured at one layer. */
export interface MeasuredBehavior {
  readonly sweep: BehaviorSweep;
  readonly layer: number;
  /** By multiplier. */
  readonly curve: readonly AbCell[];
  readonly judged: JudgedEffect;
}

export interface WriteUpOptions {
  readonly subject: DemoSubject;
  readonly model: ModelInfo;
  readonly out: string;
  readonly target: MeasuredBehavior;
  readonly beside: MeasuredBehavior;
  readonly answers: readonly SteeredAnswers[];
  /** What of the page was shown before. */
  readonly shown: Pick<
    DemoPage,
    | "settings"
    | "lengths"
    | "normalization"
    | "effects"
    | "curves"
    | "answers"
    | "answersNote"
    | "commandsTitle"
    | "commands"
  >;
}

export interface WrittenUp {
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
  /** Relative to the working folder. */
  readonly page: string;
  readonly figures: string;
  readonly plots: readonly string[];
}

/** Words what was found, draws it, and writes the page and the figures as JSON. */
export async function writeUp(
  options: WriteUpOptions,
  dependencies: CliDependencies,
): Promise<WrittenUp> {
  const { writeFileAtomic } = await import("@caa/core/files");
  const { subject, model, out, target, beside, answers, shown } = options;
  const { cwd } = dependencies;
  const findings = wordFindings(options);
  const warnings = [target, beside].flatMap(({ sweep, curve }) =>
    abWarnings([...new Set([...sweep.cells, ...curve])]).map(
      (text) => `${sweep.vectors.behavior}: ${text}`,
    ),
  );
  const { drawn, files } = await drawBehaviors(
    [target, beside],
    model.id,
    resolve(cwd, out, "plots"),
    dependencies,
  );
  const path = (name: string): string => relative(cwd, resolve(cwd, out, name));
  const [page, figures] = [path("index.html"), path("findings.json")];
  const behaviors = [target, beside].map(({ sweep }) => sweep.vectors.behavior);
  await writeFileAtomic(
    resolve(cwd, page),
    demoPage({
      ...shown,
      about: describeSubject(subject),
      model,
      findings: findings.map(({ text }) => text),
      warnings,
      effectPlots: drawn.map(({ effects }, i) => ({
        svg: effects.svg,
        caption: `${behaviors[i]}: change of p(matching) at each layer, blue, with its interval; random directions of the same norm gray`,
      })),
      curvePlots: drawn.map(({ curve }, i) => ({
        svg: curve.svg,
        caption: `${behaviors[i]}: p(matching) against the multiplier, and below it the probability of both letters together`,
      })),
    }),
  );
  const record = {
    settings: Object.fromEntries(shown.settings),
    findings,
    warnings,
    effects: [target, beside].map(({ sweep, judged }) => ({
      behavior: sweep.vectors.behavior,
      ...judged,
      perLayer: sweep.effects,
      controlsPerLayer: sweep.controlEffects,
    })),
    answers,
  };
  await writeFileAtomic(resolve(cwd, figures), `${JSON.stringify(record, null, 2)}\n`);
  return { findings, warnings, page, figures, plots: files };
}

function wordFindings({ subject, target, beside }: WriteUpOptions): readonly Finding[] {
  const { planted } = subject;
  const of = ({ sweep, judged }: MeasuredBehavior): JudgedBehavior => ({
    vectors: sweep.vectors,
    judged,
  });
  const isControl = planted?.controls.includes(beside.sweep.vectors.behavior) === true;
  return [
    describeFinding(of(target), planted),
    isControl
      ? describeNegativeControl(of(beside), of(target))
      : describeFinding(of(beside), planted),
  ];
}
