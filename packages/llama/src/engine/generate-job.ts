import { throwIfAborted, createRandom } from "@caa/core";
import type { ForwardPass } from "./forward-pass.ts";
import type { GenerateJob, GenerateResult, TokenListener } from "./jobs.ts";
import { KeyValueCache } from "./key-value-cache.ts";
import { pieces, runNodes } from "./run-nodes.ts";
import { sample } from "./sampler.ts";
import { actingSteps } from "./steering-tensors.ts";
import { buildTokenTree } from "./token-tree.ts";

type Sequence = GenerateJob["sequences"][number];

/** A sequence while it grows. */
interface Row {
  readonly index: number;
  readonly sequence: Sequence;
  readonly uniform: () => number;
  readonly tokens: number[];
  done: boolean;
}

/** Generates in batches: each prompt is read on its own, then all rows of a batch write one token a run. */
export async function runGenerateJob(
  pass: ForwardPass,
  job: GenerateJob,
  onToken: TokenListener,
  signal: AbortSignal | undefined,
): Promise<GenerateResult> {
  const rows = job.sequences.map((sequence, index): Row => {
    const random = createRandom(sequence.seed);
    return { index, sequence, uniform: () => random.uniform(), tokens: [], done: false };
  });
  for (let start = 0; start < rows.length; start += job.batchSize) {
    await runBatch(pass, job, rows.slice(start, start + job.batchSize), onToken, signal);
  }
  return { tokens: rows.map((row) => row.tokens) };
}

async function runBatch(
  pass: ForwardPass,
  job: GenerateJob,
  batch: readonly Row[],
  onToken: TokenListener,
  signal: AbortSignal | undefined,
): Promise<void> {
  const take = (row: Row, logits: Float32Array): void => {
    const token = sample(logits, job, row.uniform);
    row.tokens.push(token);
    const goOn = onToken(row.index, token);
    const length = row.sequence.ids.length + row.tokens.length;
    const full =
      row.tokens.length >= job.maxNewTokens || length >= pass.config.max_position_embeddings;
    row.done = !goOn || full || job.endTokens.includes(token);
  };
  const cache = new KeyValueCache(
    pass.config,
    batch.length,
    batch.reduce((most, row) => Math.max(most, row.sequence.ids.length), 0),
  );
  for (const [place, row] of batch.entries()) {
    take(row, await readPrompt(pass, job, row.sequence, cache, place, signal));
  }

  let active = batch;
  for (;;) {
    const kept = active.flatMap((row, place) => (row.done ? [] : [place]));
    if (kept.length === 0) {
      return;
    }
    if (kept.length < active.length) {
      cache.keep(kept);
      active = active.filter((row) => !row.done);
    }
    throwIfAborted(signal);
    const logits = await writeToken(pass, job, active, cache);
    const width = pass.config.vocab_size;
    active.forEach((row, place) => take(row, logits.subarray(place * width, (place + 1) * width)));
  }
}

/** Reads a prompt, in pieces where it is long, into a row of the cache; gives the logits after its last token. */
async function readPrompt(
  pass: ForwardPass,
  job: GenerateJob,
  sequence: Sequence,
  cache: KeyValueCache,
  place: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { nodes } = buildTokenTree([sequence]);
  const own = new KeyValueCache(pass.config, 1, 0);
  let last: Float32Array = new Float32Array();
  for (const run of pieces(nodes.length)) {
    throwIfAborted(signal);
    const { logits, keyValues } = await runNodes(pass, nodes, {
      run,
      past: own.contents.length === 0 ? null : own.contents,
      vectors: job.vectors,
      residualAt: [],
      logitsAt: run.at(-1) === nodes.length - 1 ? [run.length - 1] : [],
      wantKeyValues: true,
    });
    if (keyValues !== null) {
      own.write(keyValues, 0, 0, run[0] ?? 0, run.length);
    }
    last = logits;
  }
  cache.write(own.contents, 0, place, 0, nodes.length);
  return last;
}

/** Runs the last token of every row; rows differ in length, so each sees its own past and itself. */
async function writeToken(
  pass: ForwardPass,
  job: GenerateJob,
  active: readonly Row[],
  cache: KeyValueCache,
): Promise<Float32Array> {
  const past = cache.contents;
  const width = past.length + 1;
  const positions = active.map((row) => row.sequence.ids.length + row.tokens.length - 1);
  const mask = new Float32Array(active.length * width).fill(Number.NEGATIVE_INFINITY);
  positions.forEach((length, place) => {
    mask.fill(0, place * width, place * width + length);
    mask[place * width + past.length] = 0;
  });
  const { logits, keyValues } = await pass.run({
    rows: active.length,
    ids: active.map((row) => row.tokens.at(-1) ?? 0),
    positions,
    mask,
    past,
    vectors: job.vectors,
    stepsAt: active.map((row, place) => actingSteps(row.sequence.steps, positions[place] ?? 0)),
    residualAt: [],
    logitsAt: active.map((_, place) => place),
    wantKeyValues: true,
  });
  if (keyValues !== null) {
    positions.forEach((length, place) => cache.write(keyValues, place, place, length, 1));
  }
  return logits;
}
