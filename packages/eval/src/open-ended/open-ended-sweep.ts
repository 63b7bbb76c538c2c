import { CaaError, type Generation, throwIfAborted } from "@caa/core";
import type { DataSet, OpenEndedItem } from "@caa/datasets";
import type { AnswerMeasure, OpenEndedCell } from "../results/open-ended-cell.ts";
import type { OpenEndedSettings } from "../results/settings.ts";
import { CELL_VERSION } from "../results/version.ts";
import { keepOrMake } from "../sweep/keep-or-make.ts";
import { Measurements, type Run } from "../sweep/measurements.ts";
import { type PlannedCell, planCells } from "../sweep/plan-cells.ts";
import { type SweepOptions, sweepSettings, takeItems } from "../sweep/sweep-options.ts";
import { answerOf, rowOfAnswer } from "./answer.ts";
import { summarizeAnswers } from "./summary.ts";

export interface OpenEndedSweepOptions extends SweepOptions {
  readonly dataset: DataSet<OpenEndedItem>;
  /** Answers are cut off there. @default 100 */
  readonly maxNewTokens?: number | undefined;
  /** How many answers the model writes at once. @default the model's */
  readonly batchSize?: number | undefined;
}

export interface OpenEndedSweepResult {
  /** By layer, then in the order of the multipliers. */
  readonly cells: readonly OpenEndedCell[];
  /** How many of them were in the store before. */
  readonly kept: number;
}

/**
 * Greedy answers to open questions, for every layer, multiplier and question, each with what tells worn text from sound text
 * without a judge. All of them are one request to the model, so that it can write many at once. Answers are kept as they
 * end, so that a run that was stopped goes on from there; cells that the store has are kept.
 * @throws {CaaError} as `runChoiceSweep`
 */
export async function runOpenEndedSweep(
  options: OpenEndedSweepOptions,
): Promise<OpenEndedSweepResult> {
  const { dataset, store, signal, maxNewTokens = 100, seed = 0 } = options;
  throwIfAborted(signal);
  const items = takeItems(dataset.items, options.limit);
  const common = {
    type: "open_ended" as const,
    ...sweepSettings(dataset.behavior, options),
    maxNewTokens,
  };
  const settingsOf = ({ layer, multiplier }: PlannedCell): OpenEndedSettings => ({
    ...common,
    layer,
    multiplier,
  });
  const { model, overwrite = false } = options;
  const made = { model: model.info.hash, dataset: dataset.hash, items };
  // Answers that a run with `overwrite` left are its own: other runs keep what is in the store.
  const journal = store.answerJournal({ ...common, ...made, overwrite });
  return await keepOrMake({
    planned: planCells(options, dataset.hash),
    overwrite,
    journal,
    find: (cell) => store.find(settingsOf(cell), cell.hashes),
    write: (cell) => store.write(cell),
    measure: (missing) =>
      measure(
        { ...options, maxNewTokens },
        items,
        new Measurements(journal, items.length, missing),
      ),
    make: (cell, measures): OpenEndedCell => {
      if (measures.length !== items.length) {
        const message = `generate: expected an answer to each of ${items.length} questions, got ${measures.length}`;
        throw new CaaError("shape-mismatch", message);
      }
      const rows = items.flatMap(({ question }, i) => {
        const measured = measures[i];
        return measured === undefined ? [] : [rowOfAnswer(question, measured)];
      });
      return {
        version: CELL_VERSION,
        settings: settingsOf(cell),
        hashes: cell.hashes,
        summary: summarizeAnswers(rows, seed),
        rows,
      };
    },
  });
}

/** An answer that is still to be written. */
interface Job {
  readonly item: number;
  readonly question: string;
  readonly run: Run;
}

async function measure(
  options: OpenEndedSweepOptions,
  items: readonly OpenEndedItem[],
  measurements: Measurements<AnswerMeasure>,
): Promise<Measurements<AnswerMeasure>> {
  const { onProgress } = options;
  try {
    await measurements.resume();
    onProgress?.({ done: measurements.done, total: measurements.total });
    // By question: prompts of like length stand in one batch.
    const jobs = measurements
      .stretches()
      .flatMap(({ from, to, runs }) =>
        items
          .slice(from, to)
          .flatMap(({ question }, i) =>
            runs.map((run): Job => ({ item: from + i, question, run })),
          ),
      );
    await writeAnswers(options, jobs, measurements);
    await measurePlain(options, items, measurements);
  } finally {
    await measurements.journal.close();
  }
  return measurements;
}

/** Adds what the plain model would have thought of each answer, where the model can tell. */
async function measurePlain(
  { model, system, signal }: OpenEndedSweepOptions,
  items: readonly OpenEndedItem[],
  measurements: Measurements<AnswerMeasure>,
): Promise<void> {
  const jobs = measurements.runs.flatMap((run) =>
    measurements.of(run.key).flatMap((answer, item, all) => {
      const question = items[item]?.question;
      const open = answer.plain_log_probability === null && answer.token_ids.length > 0;
      const known = question !== undefined && all.length === items.length; // all answers are there
      return open && known ? [{ run, item, question, answer }] : [];
    }),
  );
  const results = model.logProbabilities?.(
    jobs.map(({ question, answer }) => ({
      prompt: { user: question, ...(system === undefined ? {} : { system }) },
      tokens: answer.token_ids,
    })),
    { signal },
  );
  if (results === undefined) {
    return;
  }
  let index = 0;
  for await (const logs of results) {
    const job = jobs[index];
    if (job === undefined || logs.length !== job.answer.token_ids.length) {
      const message = `logProbabilities: expected one number a token for ${jobs.length} answers, got ${logs.length} for answer ${index + 1}`;
      throw new CaaError("shape-mismatch", message);
    }
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const measured = { ...job.answer, plain_log_probability: Math.min(mean, 0) };
    await measurements.add(job.item, [job.run], [measured]);
    throwIfAborted(signal);
    index += 1;
  }
}

async function writeAnswers(
  options: OpenEndedSweepOptions,
  jobs: readonly Job[],
  measurements: Measurements<AnswerMeasure>,
): Promise<void> {
  const { model, system, maxNewTokens = 100, batchSize, signal, onProgress } = options;
  if (jobs.length === 0) {
    return;
  }
  const stop = new AbortController();
  const kept = new Set<number>();
  // One after the other: lines of a journal must not mix.
  let writing: Promise<void> = Promise.resolve();
  const keep = (index: number, generation: Generation): void => {
    const job = jobs[index];
    if (job === undefined || kept.has(index)) {
      return;
    }
    kept.add(index);
    writing = writing.then(async () => {
      await measurements.add(job.item, [job.run], [answerOf(generation)]);
      onProgress?.({ done: measurements.done, total: measurements.total });
    });
    writing.catch(() => stop.abort()); // a full disk ends the run at once; the error itself is thrown below
  };
  try {
    const generations = await model.generate(
      jobs.map(({ question, run }) => ({
        prompt: { user: question, ...(system === undefined ? {} : { system }) },
        steering: run.steering,
      })),
      {
        maxNewTokens,
        temperature: 0,
        ...(batchSize === undefined ? {} : { batchSize }),
        signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
        onDone: ({ request, generation }) => keep(request, generation),
      },
    );
    generations.forEach((generation, index) => keep(index, generation));
  } finally {
    await writing;
  }
  throwIfAborted(signal); // it may have come when the last answer had
}
