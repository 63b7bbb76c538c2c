import { createRandom, throwIfAborted } from "@caa/core";
import type { ForwardPass, PassOutput } from "./forward-pass.ts";
import type { GenerateJob, GenerateResult, ReadListener, TokenListener } from "./jobs.ts";
import { KeyValueCache } from "./key-value-cache.ts";
import { ProbeReader } from "./probe-reader.ts";
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
  /** `ending`: its last token is drawn, and will be read for the probes. */
  state: "writing" | "ending" | "done";
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
  onRead: ReadListener,
): Promise<GenerateResult> {
  const rows = job.sequences.map((sequence, index): Row => {
    const random = createRandom(sequence.seed);
    return { index, sequence, uniform: () => random.uniform(), tokens: [], state: "writing" };
  });
  const probes = new ProbeReader(job.probes ?? []);
  const tell: ReadListener = (...read) => job.probes !== undefined && onRead(...read);
  const take = (row: Row, logits: Float32Array): void => {
    const token = sample(logits, job, row.uniform);
    row.tokens.push(token);
    const goOn = onToken(row.index, token);
    const length = row.sequence.ids.length + row.tokens.length;
    const full =
      row.tokens.length >= job.maxNewTokens || length >= pass.config.max_position_embeddings;
    if (!goOn || full || job.endTokens.includes(token)) {
      row.state = probes.reads ? "ending" : "done";
    }
  };

  const queue = new PromptQueue(job.sequences, job.batchSize);
  const cache = new KeyValueCache(pass.config, {
    rows: 0,
    maxRows: Math.min(job.batchSize, rows.length),
  });
  const active: Row[] = []; // in the order of the cache's rows
  let read: ReadPrompt[] = []; // have a first token, wait for a row
  for (;;) {
    throwIfAborted(signal);
    while (active.length < job.batchSize && (read.length > 0 || !queue.isEmpty)) {
      if (read.length === 0) {
        read = [...(await queue.read(pass, job.vectors, probes, signal))];
        for (const prompt of read) {
          const row = rows[prompt.index];
          if (row !== undefined) {
            tell(row.index, 0, prompt.scores);
            take(row, prompt.logits);
          }
        }
      }
      const prompt = read.shift();
      const row = prompt && rows[prompt.index];
      if (prompt !== undefined && row !== undefined && row.state !== "done") {
        writePrompt(cache, cache.addRow(), prompt);
        active.push(row);
      }
    }
    if (active.length === 0) {
      return { tokens: rows.map((row) => row.tokens) };
    }
    const { logits, residual } = await runTokens(pass, job, active, cache, probes.reads);
    const width = pass.config.vocab_size;
    active.forEach((row, place) => {
      const position = row.sequence.ids.length + row.tokens.length - 1;
      tell(row.index, position, [probes.scores(residual, place, active.length)]);
      if (row.state === "ending") {
        row.state = "done";
      } else {
        take(row, logits.subarray(place * width, (place + 1) * width));
      }
    });
    for (let place = active.length - 1; place >= 0; place--) {
      if (active[place]?.state === "done") {
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
async function runTokens(
  pass: ForwardPass,
  job: GenerateJob,
  active: readonly Row[],
  cache: KeyValueCache,
  wantResidual: boolean,
): Promise<PassOutput> {
  const positions = active.map((row) => row.sequence.ids.length + row.tokens.length - 1);
  cache.fit(Math.max(...positions) + 1);
  const past = cache.contents;
  const width = past.length + 1;
  const mask = new Float32Array(active.length * width).fill(Number.NEGATIVE_INFINITY);
  positions.forEach((length, place) => {
    mask.fill(0, place * width, place * width + length);
    mask[place * width + past.length] = 0;
  });
  const places = [...active.keys()];
  const output = await pass.run({
    rows: active.length,
    ids: active.map((row) => row.tokens.at(-1) ?? 0),
    positions,
    mask,
    past,
    vectors: job.vectors,
    stepsAt: active.map((row, place) => actingSteps(row.sequence.steps, positions[place] ?? 0)),
    residualAt: wantResidual ? places : [],
    logitsAt: places,
    wantKeyValues: true,
  });
  const { keyValues } = output;
  if (keyValues !== null) {
    positions.forEach((length, place) => cache.write(keyValues, place, place, length, 1));
  }
  return output;
}
