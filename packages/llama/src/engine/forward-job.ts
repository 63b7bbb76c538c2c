import { CaaError, type ProbeScore } from "@caa/core";
import type { ForwardPass, PassOutput } from "./forward-pass.ts";
import type { ForwardJob, ForwardResult, TokenPlace } from "./jobs.ts";
import { ProbeReader } from "./probe-reader.ts";
import { tokenProbabilities } from "./probabilities.ts";
import { buildTokenTree, type TokenTree } from "./token-tree.ts";
import { type RunReads, runTree } from "./tree-runs.ts";

/** Runs a job as one tree. */
export async function runForwardJob(
  pass: ForwardPass,
  job: ForwardJob,
  signal: AbortSignal | undefined,
): Promise<ForwardResult> {
  const tree = buildTokenTree(job.sequences);
  const readers = new Readers(job, tree, pass.config.hidden_size, pass.config.num_hidden_layers);
  const read = (nodes: readonly number[]): RunReads => ({
    residualAt: readers.residualIn(nodes),
    logitsAt: readers.logitsIn(nodes),
  });
  for await (const run of runTree(pass, tree, { vectors: job.vectors, read, signal })) {
    readers.take(run.nodes, run.residualAt, run.logitsAt, run.output);
  }
  return readers.result();
}

/** Which nodes are read, and what was read there. A node is read once for all sequences that share it. */
class Readers {
  readonly #job: ForwardJob;
  readonly #tree: TokenTree;
  readonly #dModel: number;
  readonly #layers: readonly number[];
  readonly #residualNodes: ReadonlySet<number>;
  readonly #logitNodes: ReadonlySet<number>;
  readonly #probedNodes: ReadonlySet<number>;
  readonly #probes: ProbeReader;
  readonly #residual = new Map<number, Float32Array>();
  readonly #scores = new Map<number, readonly ProbeScore[]>();
  readonly #logits = new Map<number, Float32Array>();

  constructor(job: ForwardJob, tree: TokenTree, dModel: number, layerCount: number) {
    this.#job = job;
    this.#tree = tree;
    this.#dModel = dModel;
    this.#layers = job.residual?.layers ?? [];
    for (const layer of this.#layers) {
      if (!Number.isInteger(layer) || layer < 0 || layer >= layerCount) {
        throw new CaaError(
          "invalid-argument",
          `layer: expected 0 to ${layerCount - 1}, got ${layer}`,
        );
      }
    }
    this.#residualNodes = new Set(job.residual?.places.map((place) => this.#node(place)));
    this.#probedNodes = new Set(job.scores?.places.map((place) => this.#node(place)));
    this.#probes = new ProbeReader(job.scores?.probes ?? []);
    this.#logitNodes = new Set(
      [...(job.probabilities ?? []), ...(job.logits ?? [])].map((place) => this.#node(place)),
    );
  }

  residualIn(run: readonly number[]): number[] {
    return run.flatMap((node, i) =>
      this.#residualNodes.has(node) || this.#probedNodes.has(node) ? [i] : [],
    );
  }

  logitsIn(run: readonly number[]): number[] {
    return run.flatMap((node, i) => (this.#logitNodes.has(node) ? [i] : []));
  }

  take(
    run: readonly number[],
    residualAt: readonly number[],
    logitsAt: readonly number[],
    output: PassOutput,
  ): void {
    residualAt.forEach((index, place) => {
      const node = run[index] ?? -1;
      if (this.#probedNodes.has(node)) {
        this.#scores.set(node, this.#probes.scores(output.residual, place, residualAt.length));
      }
      if (!this.#residualNodes.has(node)) {
        return;
      }
      const rows = new Float32Array(this.#layers.length * this.#dModel); // (layers, d_model)
      this.#layers.forEach((layer, i) => {
        const start = (layer * residualAt.length + place) * this.#dModel;
        rows.set(output.residual.subarray(start, start + this.#dModel), i * this.#dModel);
      });
      this.#residual.set(node, rows);
    });
    const width = logitsAt.length === 0 ? 0 : output.logits.length / logitsAt.length;
    logitsAt.forEach((index, place) => {
      this.#logits.set(
        run[index] ?? -1,
        output.logits.subarray(place * width, (place + 1) * width),
      );
    });
  }

  result(): ForwardResult {
    return {
      residual: (this.#job.residual?.places ?? []).map((place) =>
        found(this.#residual, this.#node(place)),
      ),
      scores: (this.#job.scores?.places ?? []).map((place) =>
        found(this.#scores, this.#node(place)),
      ),
      probabilities: (this.#job.probabilities ?? []).map((place) =>
        tokenProbabilities(found(this.#logits, this.#node(place)), place.tokens),
      ),
      logits: (this.#job.logits ?? []).map((place) =>
        found(this.#logits, this.#node(place)).slice(),
      ),
    };
  }

  #node({ sequence, position }: TokenPlace): number {
    const node = this.#tree.paths[sequence]?.[position];
    if (node === undefined) {
      throw new CaaError("invalid-argument", `read: no token ${position} in sequence ${sequence}`);
    }
    return node;
  }
}

function found<T>(values: ReadonlyMap<number, T>, node: number): T {
  const value = values.get(node);
  if (value === undefined) {
    throw new CaaError("invalid-argument", `read: token ${node} was not run`);
  }
  return value;
}
