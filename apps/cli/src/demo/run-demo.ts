import { resolve } from "node:path";
import { CaaError, type SteerableModel } from "@caa/core";
import { BEHAVIOR_NAMES, writeBuiltInSets } from "@caa/datasets";
import { generateAllVectors } from "../commands/vectors-generate.ts";
import type { CliDependencies } from "../dependencies.ts";
import { type ModelOptions, openRequestedModel } from "../options/model.ts";
import { withResumeHint } from "../output/resume-hint.ts";
import { formatTable } from "../output/table.ts";
import { readSets } from "../read-sets.ts";
import { answerQuestions, countTurned } from "./answers.ts";
import { introduceCommands, stepsAsCommands } from "./commands.ts";
import { type BehaviorSweep, measureCurve, sweepBehavior } from "./experiment.ts";
import { listFiles } from "./files.ts";
import { keepOpen } from "./keep-open.ts";
import { normalizeForDemo } from "./normalize.ts";
import { BESIDE, type DemoSizes, SPAN, TARGET } from "./plan.ts";
import { settingsOf } from "./settings.ts";
import { sideBySide, wrap } from "./side-by-side.ts";
import { type DemoSubject, demoSubject, describeSubject } from "./subject.ts";
import { answersTable, curveTable, effectsTable, lengthsTable, type Table } from "./tables.ts";
import { type MeasuredBehavior, writeUp } from "./write-up.ts";

export interface DemoOptions extends ModelOptions, DemoSizes {
  readonly out: string;
}

/** Of running text on the screen, and of one of three answers side by side. */
const WIDTH = 96;
const ANSWER_WIDTH = 30;

/**
 * The whole job once: vectors of all behaviors, normalization, a layer sweep with random directions for one behavior and
 * for another beside it, the curve at the best layer, answers, the finding, plots, a page. All of it is made again, whatever
 * is there.
 * @throws {CaaError} as the commands of these steps
 */
export async function runDemo(options: DemoOptions, outer: CliDependencies): Promise<void> {
  const subject = await demoSubject(options.model, outer.env);
  outer.stdout.write(paragraph(describeSubject(subject)));
  await using model = await openRequestedModel(subject.name, options, outer);
  // Opened once for all steps.
  const dependencies = { ...outer, openModel: async () => keepOpen(model) };
  await withResumeHint(
    outer,
    () => `What is measured is kept in ${options.out}.`,
    () => runSteps(options, subject, model, dependencies),
  );
}

async function runSteps(
  options: DemoOptions,
  subject: DemoSubject,
  model: SteerableModel,
  dependencies: CliDependencies,
): Promise<void> {
  const { pairs = 50, items, seeds = [1, 2, 3], questions = 3, maxNewTokens = 40 } = options;
  const { ResultStore, judgeEffect, strongestEffect } = await import("@caa/eval");
  const { cwd, stdout } = dependencies;
  const { planted } = subject;
  const title = (text: string): unknown => stdout.write(`\n${text}\n`);
  const show = ({ columns, rows }: Table): unknown => stdout.write(formatTable(columns, rows));

  title(`1. Steering vectors from ${pairs} contrast pairs a behavior`);
  const data = `${options.out}/datasets`;
  await writeBuiltInSets(resolve(cwd, data), { overwrite: true });
  const vectorsDir = `${options.out}/vectors`;
  const made = await generateAllVectors(
    {
      ...options,
      model: subject.name,
      data,
      behaviors: BEHAVIOR_NAMES,
      limit: pairs,
      out: vectorsDir,
      overwrite: true,
    },
    dependencies,
  );
  const normalized = await normalizeForDemo(vectorsDir, planted, model, dependencies);
  const lengths = lengthsTable(made, normalized.record);
  show(lengths);
  stdout.write(paragraph(normalized.words));

  title(
    `2. Layer sweep: what +${SPAN.to} instead of ${SPAN.from} does to p(matching), and what ${seeds.length} random directions do`,
  );
  const store = new ResultStore(resolve(cwd, options.out, "results"));
  const common = { model, store, items };
  const sweepOf = async (behavior: string): Promise<BehaviorSweep> => {
    const [set] = await readSets("test-ab", { data, behaviors: [behavior] }, dependencies);
    const vectors = made.find((one) => one.vectors.behavior === behavior)?.vectors;
    if (set === undefined || vectors === undefined) {
      throw new CaaError("not-found", `${behavior}: expected test items and vectors, got none`);
    }
    return await sweepBehavior({ ...common, set, vectors, seeds }, dependencies);
  };
  const target = await sweepOf(TARGET);
  const beside = await sweepOf(BESIDE);
  const effects = effectsTable([target, beside]);
  show(effects);

  const layers = target.vectors.layers;
  const middle = layers[Math.floor(layers.length / 2)] ?? 0;
  const layer = strongestEffect(target.effects)?.layer ?? middle;
  // Nothing is there to be found for the control: it is looked at where the planted behavior is.
  const layerBeside = planted === null ? (strongestEffect(beside.effects)?.layer ?? middle) : layer;
  const measureAt = async (sweep: BehaviorSweep, at: number): Promise<MeasuredBehavior> => {
    const effect = sweep.effects.find((one) => one.layer === at);
    if (effect === undefined) {
      throw new CaaError("not-found", `layer ${at}: expected an effect, got none`);
    }
    const controls = sweep.controlEffects.flatMap((control) => control.effects);
    const curve = await measureCurve(sweep, at, common, dependencies);
    return { sweep, layer: at, curve, judged: judgeEffect(effect, controls) };
  };
  title(
    `3. The multiplier, at layer ${layer}${layerBeside === layer ? "" : ` and ${layerBeside}`}`,
  );
  const measured = [await measureAt(target, layer), await measureAt(beside, layerBeside)] as const;
  const curves = curveTable(measured);
  show(curves);

  title(`4. ${questions} open questions, answered with ${TARGET} at layer ${layer}`);
  const answers = await answerQuestions(
    { model, vectors: target.vectors, layer, questions, maxNewTokens },
    dependencies,
  );
  const answered = answersTable(answers);
  const heads = answered.columns.slice(1).map((column) => column.title);
  for (const [question = "", ...texts] of answered.rows) {
    stdout.write(`${paragraph(question)}${sideBySide(heads, ANSWER_WIDTH)}`);
    stdout.write(`${sideBySide(texts, ANSWER_WIDTH)}\n`);
  }
  const turned = `${countTurned(answers)} of ${answers.length} go from the other side at ${SPAN.from} to the behavior's at +${SPAN.to}, as the grammar that made the questions tells its own answers apart.`;
  stdout.write(paragraph(turned));

  const commands = stepsAsCommands({
    subject,
    out: options.out,
    pairs,
    layer,
    question: answers[0]?.question ?? "",
  });
  const commandsTitle = introduceCommands(subject);
  const [first, second] = measured;
  const written = await writeUp(
    {
      subject,
      model: model.info,
      out: options.out,
      target: first,
      beside: second,
      answers,
      shown: {
        settings: settingsOf({ model: model.info, measured, pairs, seeds, maxNewTokens }),
        lengths,
        normalization: normalized.words,
        effects,
        curves,
        answers: answered,
        answersNote: turned,
        commandsTitle,
        commands,
      },
    },
    dependencies,
  );
  title("5. Finding");
  [...written.findings.map(({ text }) => text), ...written.warnings].forEach((text) =>
    stdout.write(paragraph(text)),
  );
  title("Files");
  const files = listFiles({ out: options.out, made, normalized, measured, written });
  stdout.write(formatTable([{ title: "what" }, { title: "where" }], files));
  stdout.write(`\n${commandsTitle}:\n${commands.replaceAll(/^/gm, "  ")}\n`);
}

function paragraph(text: string): string {
  return `${wrap(text, WIDTH).join("\n")}\n`;
}
