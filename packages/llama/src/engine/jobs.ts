import type { Probe, ProbeScore, SteeringOperation } from "@caa/core";

/** A steering step in tokens: it acts on the positions `from` to `to` of its sequence, both included. */
export interface TokenStep {
  readonly layer: number;
  /** Index into the job's vectors. */
  readonly vector: number;
  readonly multiplier: number;
  readonly operation: SteeringOperation;
  readonly from: number;
  /** Infinity steers every token that is generated, too. */
  readonly to: number;
}

export interface TokenSequence {
  readonly ids: readonly number[];
  readonly steps: readonly TokenStep[];
}

/** A direction on which the residual stream after a block is projected. */
export type TokenProbe = Pick<Probe, "layer" | "vector">;

/** One place in a job: a token of a sequence. */
export interface TokenPlace {
  readonly sequence: number;
  readonly position: number;
}

/** Sequences to run together; what they share at their start is computed once. */
export interface ForwardJob {
  /** Each (d_model). */
  readonly vectors: readonly Float32Array[];
  readonly sequences: readonly TokenSequence[];
  /** Residual stream at these places, for these layers. */
  readonly residual?: {
    readonly layers: readonly number[];
    readonly places: readonly TokenPlace[];
  };
  /** The residual stream at these places against these probes. */
  readonly scores?: {
    readonly probes: readonly TokenProbe[];
    readonly places: readonly TokenPlace[];
  };
  /** Probabilities of some next tokens after these places, by a softmax over the whole vocabulary. */
  readonly probabilities?: ReadonlyArray<TokenPlace & { readonly tokens: readonly number[] }>;
  /** Logits of the whole vocabulary after these places. */
  readonly logits?: readonly TokenPlace[];
}

export interface ForwardResult {
  /** One a place: (layers, d_model) */
  readonly residual: readonly Float32Array[];
  /** One a place: one a probe */
  readonly scores: ReadonlyArray<readonly ProbeScore[]>;
  /** One a place: one a token */
  readonly probabilities: ReadonlyArray<readonly number[]>;
  /** One a place: (vocabulary) */
  readonly logits: readonly Float32Array[];
}

export interface GenerateJob {
  readonly vectors: readonly Float32Array[];
  readonly sequences: ReadonlyArray<TokenSequence & { readonly seed: number }>;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  /** A row ends when one of these is drawn; the token is kept. */
  readonly endTokens: readonly number[];
  readonly batchSize: number;
  /** What every token is told with once it has been read; with any, the last one of a row is read, too. @default none is told */
  readonly probes?: readonly TokenProbe[];
}

export interface GenerateResult {
  /** One a sequence. */
  readonly tokens: ReadonlyArray<readonly number[]>;
}

/** The logit lens of one sequence. */
export interface LensJob {
  readonly vectors: readonly Float32Array[];
  readonly sequence: TokenSequence;
  readonly layers: readonly number[];
  /** Ascending. */
  readonly positions: readonly number[];
  /** Tokens of each cell. */
  readonly top: number;
}

/** The likeliest tokens, each (layers, positions, places, top), the places in the order of `LENS_PLACES`. */
export interface LensResult {
  readonly topTokens: Int32Array;
  readonly topProbabilities: Float64Array;
}

/** Called with every new token; a row whose call returns false ends with it. */
export type TokenListener = (sequence: number, token: number) => boolean;

/** Called with tokens that were read, in order within a sequence: the scores of each from `position` on, one a probe. */
export type ReadListener = (
  sequence: number,
  position: number,
  scores: ReadonlyArray<readonly ProbeScore[]>,
) => void;

/** What runs token sequences: in this thread (`TokenEngine`), or in a worker. */
export interface Engine {
  forward(job: ForwardJob, signal?: AbortSignal): Promise<ForwardResult>;
  generate(
    job: GenerateJob,
    onToken: TokenListener,
    signal?: AbortSignal,
    onRead?: ReadListener,
  ): Promise<GenerateResult>;
  lens(job: LensJob, signal?: AbortSignal): Promise<LensResult>;
  dispose(): Promise<void>;
}
