import type { LensOptions, LensReading, ReadText } from "./lens.ts";
import type { Probe, ProbedToken, TraceOptions } from "./probe.ts";
import type { Steering, SteeringOperation } from "./steering.ts";

/** What a model is, as results record it. */
export interface ModelInfo {
  /** Hub id, or the name of the folder or file it was opened from. */
  readonly id: string;
  /** SHA-256, hex, that changes when configuration, weights or tokenizer change. */
  readonly hash: string;
  /** Such as `LlamaForCausalLM`. */
  readonly architecture: string;
  readonly layerCount: number;
  readonly dModel: number;
  readonly vocabularySize: number;
  /** In tokens. */
  readonly contextLength: number;
  readonly dtype: "float32" | "float16" | "q8" | "q4";
  readonly device: "cpu" | "cuda";
  readonly promptStyle: string;
}

/** One turn of a user, before it is put into the model's prompt format. */
export interface PromptText {
  readonly user: string;
  readonly system?: string;
}

/** A question with two answers that differ in the behavior, such as `(A)` and `(B)`. */
export interface ContrastPrompt extends PromptText {
  readonly positive: string;
  readonly negative: string;
}

/** A question with the answers between which the model chooses, at least two, such as `(A)`, `(B)`. */
export interface ChoicePrompt extends PromptText {
  readonly answers: readonly string[];
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ActivationOptions extends CallOptions {
  /** Which layers, ascending; layer n is the output of decoder block n. */
  readonly layers: readonly number[];
  /** @default the plain model */
  readonly steering?: Steering;
}

/** The residual stream where the two answers of a pair first differ. */
export interface ContrastActivation {
  /** (layers, d_model), in the order of the layers asked for */
  readonly positive: Float32Array;
  /** (layers, d_model) */
  readonly negative: Float32Array;
  /** Index of the token that was read, the same in both sequences. */
  readonly position: number;
  readonly positiveToken: string;
  readonly negativeToken: string;
}

/** Which tokens of a sequence were steered: `count` positions from `first` on in the prompt as it was run. */
export interface SteeredSpan {
  readonly first: number;
  readonly count: number;
}

/** Next-token probabilities of the answers of one prompt under one steering. */
export interface ChoiceResult {
  /** One an answer, in their order: full-vocabulary softmax, each in [0, 1]. */
  readonly probabilities: readonly number[];
  /** The tokens that part the answers, in their order, such as `A`, `B`. */
  readonly answerTokens: readonly string[];
  /** Number of prompt tokens, up to where the answers part. */
  readonly promptLength: number;
  /** Null when the steering is empty. */
  readonly steered: SteeredSpan | null;
  /**
   * `relativeDose` of the steering at the steered positions, h that of the plain model. Null for anything but a single step
   * that adds; models that do not read h leave it out.
   */
  readonly relativeDose?: number | null;
}

export interface GenerateRequest {
  readonly prompt: PromptText;
  /** @default the plain model */
  readonly steering?: Steering;
  /** Seed of the sampler of this request; unused when greedy. @default 0 */
  readonly seed?: number;
}

export interface GenerateOptions extends CallOptions {
  /** @default 100 */
  readonly maxNewTokens?: number;
  /** 0 is greedy. @default 0 */
  readonly temperature?: number;
  /** Sample among the k most likely tokens; 0 is off. @default 0 */
  readonly topK?: number;
  /** Sample among the most likely tokens that together reach this probability, in (0, 1]. @default 1 */
  readonly topP?: number;
  /** Generation of a request ends before the first of these texts. */
  readonly stop?: readonly string[];
  /** How many requests run as rows of one batch at most. @default up to 32, as many as fit in 2 GiB */
  readonly batchSize?: number;
  /** Called with each piece of text as soon as it is certain; `request` is the index of the request. */
  readonly onText?: (event: { readonly request: number; readonly text: string }) => void;
  /** What is watched at every token; `onToken` gets it. @default none */
  readonly probes?: readonly Probe[];
  /**
   * Called with each token of prompt and answer, in order within a request, as soon as the model has read it. With probes
   * the last token of an answer, which generation alone never reads, is read too. `request` is the index of the request.
   * Models that cannot tell never call it.
   */
  readonly onToken?: (event: ProbedToken & { readonly request: number }) => void;
  /** Called with each generation as soon as it has ended, before the others; `request` is the index of the request. */
  readonly onDone?: (event: { readonly request: number; readonly generation: Generation }) => void;
}

export interface Generation {
  readonly text: string;
  /** The prompt in the model's format, as it was encoded. */
  readonly promptText: string;
  readonly tokens: readonly number[];
  readonly promptTokens: readonly number[];
  readonly finishReason: "end" | "length" | "stop";
  /** Steered positions within the prompt; generated tokens follow the same rule. Null when the steering is empty. */
  readonly steered: SteeredSpan | null;
}

/** A prompt and what follows it, in tokens. */
export interface ContinuationRequest {
  readonly prompt: PromptText;
  /** Such as `Generation.tokens`. */
  readonly tokens: readonly number[];
}

/** A prompt with an answer that is given, not generated. */
export interface AnsweredPrompt extends PromptText {
  readonly answer: string;
}

/** What a model with and without steering expects of a given answer: one number a token of the answer in every list. */
export interface TextComparison {
  /** `log p(token | prompt and the tokens before)` in nats, without steering. */
  readonly plain: readonly number[];
  /** The same with steering. */
  readonly steered: readonly number[];
  /** Kullback-Leibler divergence `sum_t p(t) log(p(t) / q(t))` in nats of the next token, p without and q with steering. */
  readonly divergence: readonly number[];
}

export interface ExplainedToken {
  readonly position: number;
  readonly id: number;
  readonly text: string;
  readonly steps: ReadonlyArray<{
    readonly name: string;
    readonly layer: number;
    readonly multiplier: number;
    readonly operation: SteeringOperation;
    /**
     * `||h' - h||` and `||h' - h|| / ||h||`, h the residual stream at this token before the step and h' after it, in the run
     * that has all of the steps; see `steeringChanges`. The second is null where h is zero. Models that do not read h leave
     * both out.
     */
    readonly changeNorm?: number;
    readonly relativeChange?: number | null;
  }>;
}

/**
 * A model that can be read and steered: all that experiments know of a model.
 * Every method throws a `CaaError`: `empty-selection` when a steering would steer no token of a prompt,
 * `shape-mismatch` for a vector of another size, `invalid-argument` for a layer out of range,
 * `context-length` for a prompt that does not fit, `aborted` when the signal fires.
 */
export interface SteerableModel extends AsyncDisposable {
  readonly info: ModelInfo;
  /** One result a prompt, in order, as soon as it is there. */
  contrastActivations(
    prompts: readonly ContrastPrompt[],
    options: ActivationOptions,
  ): AsyncIterable<ContrastActivation>;
  /** One result a prompt, in order: the outcome of each steering, in their order. */
  choiceProbabilities(
    prompts: readonly ChoicePrompt[],
    steerings: readonly Steering[],
    options?: CallOptions,
  ): AsyncIterable<readonly ChoiceResult[]>;
  /** One generation a request, in order. */
  generate(
    requests: readonly GenerateRequest[],
    options?: GenerateOptions,
  ): Promise<readonly Generation[]>;
  /**
   * One result a request, in order: for each of its tokens `log p(token | prompt and the tokens before)` in nats, under the
   * model without steering; none for no tokens. Models that cannot tell leave the method out.
   */
  logProbabilities?(
    requests: readonly ContinuationRequest[],
    options?: CallOptions,
  ): AsyncIterable<readonly number[]>;
  /**
   * One result a prompt, in order: what steering changes in the expectation of each token of the answer, while the answer
   * stays as it is given; no numbers for an empty one. Models that cannot tell leave the method out.
   */
  compareTexts?(
    prompts: readonly AnsweredPrompt[],
    steering: Steering,
    options?: CallOptions,
  ): AsyncIterable<TextComparison>;
  /** Every token of the prompt, and of the answer if there is one, with the steps that act on it. */
  explain(
    prompt: ReadText,
    steering: Steering,
    options?: CallOptions,
  ): Promise<readonly ExplainedToken[]>;
  /** The logit lens of a text. Models that do not give what is inside a block leave the method out. */
  lens?(text: ReadText, options: LensOptions): Promise<LensReading>;
  /** The residual stream at every token of a text against probes. Models that do not give it leave the method out. */
  trace?(
    text: ReadText,
    probes: readonly Probe[],
    options?: TraceOptions,
  ): Promise<readonly ProbedToken[]>;
  /** Releases memory and threads; twice is safe. */
  dispose(): Promise<void>;
}
