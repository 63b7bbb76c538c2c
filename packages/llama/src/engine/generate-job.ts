import { createRandom, throwIfAborted } from "@caa/core";
import type { ForwardPass } from "./forward-pass.ts";
import type { GenerateJob, GenerateResult, TokenListener } from "./jobs.ts";
import { KeyValueCache } from "./key-value-cache.ts";
import { PromptQueue, type ReadPrompt, writePrompt } from "./prompt-queue.ts";
import { sample } from "./sampler.ts";
import { actingSteps } from "./steering-tensors.ts";

type Sequence = GenerateJob["sequences"][number];

/** A sequence while it grows. */
interface Row {
  readonly index: number;
  readonly sequence: Sequence;
  readonly uniform: () => number;
  readonly tokens: number[];
  done: boolean;
}

/**
 * Generates with continuous batching: up to `batchSize` rows write one token a run; a row that ends makes room for the next
 * prompt at once. Prompts are read together ahead of that, what several share once.
 */
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
  const take = (row: Row, logits: Float32Array): void => {
    const token = sample(logits, job, row.uniform);
    row.tokens.push(token);
    const goOn = onToken(row.index, token);
    const length = row.sequence.ids.length + row.tokens.length;
    const full =
      row.tokens.length >= job.maxNewTokens || length >= pass.config.max_position_embeddings;
    row.done = !goOn || full || job.endTokens.includes(token);
  };

  const queue = new PromptQueue(job.sequences, job.batchSize);
  const cache = new KeyValueCache(pass.config, { rows: 0, maxRows: job.batchSize });
  const active: Row[] = []; // in the order of the cache's rows
  let read: ReadPrompt[] = []; // have a first token, wait for a row
  for (;;) {
    throwIfAborted(signal);
    while (active.length < job.batchSize && (read.length > 0 || !queue.isEmpty)) {
      if (read.length === 0) {
        read = [...(await queue.read(pass, job.vectors, signal))];
        for (const prompt of read) {
          const row = rows[prompt.index];
          if (row !== undefined) {
            take(row, prompt.logits);
          }
        }
      }
      const prompt = read.shift();
      const row = prompt && rows[prompt.index];
      if (prompt !== undefined && row !== undefined && !row.done) {
        writePrompt(cache, cache.addRow(), prompt);
        active.push(row);
      }
    }
    if (active.length === 0) {
      return { tokens: rows.map((row) => row.tokens) };
    }
    const logits = await writeToken(pass, job, active, cache);
    const width = pass.config.vocab_size;
    active.forEach((row, place) => take(row, logits.subarray(place * width, (place + 1) * width)));
    for (let place = active.length - 1; place >= 0; place--) {
      if (active[place]?.done === true) {
        cache.removeRow(place);
        const last = active.pop();
        if (last !== undefined && place < active.length) {
          active[place] = last;
        }
      }
    }
  }
}
/** Runs the last token of every row; rows differ in length, so each sees its own past and itself. */
async function writeToken(
  pass: ForwardPass,
  job: GenerateJob,
  active: readonly Row[],
  cache: KeyValueCache,
): Promise<Float32Array> {
  const positions = active.map((row) => row.sequence.ids.length + row.tokens.length - 1);
  cache.fit(Math.max(...positions) + 1);
  const past = cache.contents;
  const width = past.length + 1;
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
