import { CaaError, throwIfAborted } from "../errors/caa-error.ts";
import type { LensOptions, LensReading, ReadText } from "../model/lens.ts";
import type { Probe, ProbedToken, TraceOptions } from "../model/probe.ts";
import type {
  ActivationOptions,
  AnsweredPrompt,
  CallOptions,
  ChoicePrompt,
  ChoiceResult,
  ContinuationRequest,
  ContrastActivation,
  ContrastPrompt,
  ExplainedToken,
  GenerateOptions,
  GenerateRequest,
  Generation,
  ModelInfo,
  SteerableModel,
  TextComparison,
} from "../model/steerable-model.ts";
import type { Steering } from "../model/steering.ts";
import { createRandom, randomDirection } from "../random/random.ts";
import { applySteering } from "../steering-plan/apply-steering.ts";
import { relativeDose } from "../steering-plan/relative-dose.ts";
import { norm } from "../vectors/vectors.ts";
import {
  explainToken,
  type FakeInside,
  type FakeToken,
  lensCells,
  probeScores,
  readInside,
} from "./fake-inside.ts";
import {
  checkedSpan,
  fakePrompt,
  layoutOf,
  tokenId,
  VOCABULARY_SIZE,
  type FakePrompt,
} from "./fake-tokens.ts";
import { fakeWords, steeredWords, wordLogProbability } from "./fake-words.ts";
import { textHash } from "./text-hash.ts";

export interface FakeModelOptions {
  /** @default 6 */
  readonly layerCount?: number;
  /** @default 16 */
  readonly dModel?: number;
  /** Another seed is another model, with another hash. @default 0 */
  readonly seed?: number;
  /** Length of the planted directions. @default 2 */
  readonly effect?: number;
  /** Standard deviation of what hides the planted direction in each activation. @default 0.5 */
  readonly noise?: number;
  /** Probability that is left to the answers together. @default 0.9 */
  readonly letterMass?: number;
  /** Which answer the planted direction favors, an index. @default the first */
  readonly favored?: (prompt: ChoicePrompt) => number;
  /** Awaited before each prompt, so that a test can hold the model up. @default none */
  readonly delay?: (signal: AbortSignal | undefined) => Promise<void>;
  /** Fails at this prompt, counted from 1 over all calls, and goes on afterwards. @default never */
  readonly failAt?: number;
  /** What it then throws. @default a `CaaError` of code `device` */
  readonly failure?: Error;
  /** Over what the model says of itself. */
  readonly info?: Partial<Omit<ModelInfo, "layerCount" | "dModel">>;
}

/**
 * A model without a model, for tests of experiments: the same answers for the same seed and text, at once.
 * In each layer a direction is planted: positive and negative activations differ by it, and steering along it makes
 * the favored answer more likely, `sigmoid(change of h along the direction, times the weight of the layer)`; the weight
 * is 1 in the middle layer and falls off to both sides.
 */
export class FakeModel implements SteerableModel {
  readonly info: ModelInfo;
  readonly #options: FakeModelOptions;
  readonly #seed: number;
  readonly #planted: readonly Float32Array[]; // (layers)(d_model)
  #handled = 0;
  #disposed = false;

  constructor(options: FakeModelOptions = {}) {
    const { layerCount = 6, dModel = 16, seed = 0, effect = 2 } = options;
    this.#options = options;
    this.#seed = seed;
    this.info = {
      id: "fake/model",
      hash: Array.from({ length: 8 }, (_, i) =>
        textHash("hash", i, seed, layerCount, dModel, effect).toString(16).padStart(8, "0"),
      ).join(""),
      architecture: "FakeForCausalLM",
      layerCount,
      dModel,
      vocabularySize: VOCABULARY_SIZE,
      contextLength: 4_096,
      dtype: "float32",
      device: "cpu",
      promptStyle: "fake",
      ...options.info,
    };
    this.#planted = Array.from({ length: layerCount }, (_, layer) =>
      randomDirection(dModel, effect, textHash("planted", seed, layer)),
    );
  }

  /** How many prompts have been begun over all calls, those that failed included. */
  get promptsHandled(): number {
    return this.#handled;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** The direction that a mean difference finds at a layer, (d_model). */
  planted(layer: number): Float32Array {
    const direction = this.#planted[layer];
    if (direction === undefined) {
      throw this.#noLayer("FakeModel.planted", layer);
    }
    return direction.slice();
  }

  /** How much steering at a layer counts, in (0, 1]. */
  layerWeight(layer: number): number {
    const middle = (this.info.layerCount - 1) / 2;
    return Math.exp(-(((layer - middle) / (this.info.layerCount / 4)) ** 2));
  }

  async *contrastActivations(
    prompts: readonly ContrastPrompt[],
    { layers, steering = [], signal }: ActivationOptions,
  ): AsyncGenerator<ContrastActivation> {
    this.#check(steering);
    const outside = layers.find((layer) => this.#planted[layer] === undefined);
    if (outside !== undefined) {
      throw this.#noLayer("contrastActivations", outside);
    }
    for (const prompt of prompts) {
      await this.#begin(signal);
      const { positive, negative } = prompt;
      const fake = fakePrompt(prompt);
      const layout = layoutOf(fake, 2); // "(" and the letter
      this.#checkLength(layout.sequenceLength);
      checkedSpan(steering, layout);
      const read = (answer: string, side: number): Float32Array =>
        Float32Array.from(
          layers.flatMap((layer) => this.#activation(fake, answer, side, layer, steering)),
        );
      yield {
        positive: read(positive, 0.5),
        negative: read(negative, -0.5),
        position: layout.sequenceLength - 1,
        positiveToken: letterOf(positive),
        negativeToken: letterOf(negative),
      };
    }
  }

  async *choiceProbabilities(
    prompts: readonly ChoicePrompt[],
    steerings: readonly Steering[],
    { signal }: CallOptions = {},
  ): AsyncGenerator<readonly ChoiceResult[]> {
    steerings.forEach((steering) => this.#check(steering));
    const { letterMass = 0.9, favored = () => 0 } = this.#options;
    for (const prompt of prompts) {
      await this.#begin(signal);
      const { answers } = prompt;
      if (answers.length < 2) {
        throw new CaaError(
          "invalid-argument",
          `choiceProbabilities: expected at least 2 answers, got ${answers.length}`,
        );
      }
      const fake = fakePrompt(prompt);
      const layout = layoutOf(fake, 1); // "("
      this.#checkLength(layout.sequenceLength);
      const plain = createRandom(textHash("choice", this.#seed, fake.key)).gaussian() * 0.5;
      const chosen = favored(prompt);
      yield steerings.map((steering) => {
        const steered = checkedSpan(steering, layout);
        const p = sigmoid(plain + this.#shift(fake, steering));
        const others = (1 - p) / (answers.length - 1);
        return {
          probabilities: answers.map((_, i) => letterMass * (i === chosen ? p : others)),
          answerTokens: answers.map(letterOf),
          promptLength: layout.sequenceLength,
          steered,
          relativeDose: this.#dose(fake, steering),
        };
      });
    }
  }

  async generate(
    requests: readonly GenerateRequest[],
    options: GenerateOptions = {},
  ): Promise<readonly Generation[]> {
    requests.forEach(({ steering = [] }) => this.#check(steering));
    const { maxNewTokens = 100, temperature = 0, stop = [], signal } = options;
    const { onText, onDone, onToken, probes = [] } = options;
    this.#checkProbes(probes);
    const generations: Generation[] = [];
    for (const [request, { prompt, steering = [], seed = 0 }] of requests.entries()) {
      await this.#begin(signal);
      const fake = fakePrompt(prompt);
      this.#checkLength(fake.words.length + maxNewTokens);
      const steered = checkedSpan(steering, layoutOf(fake, 0), maxNewTokens);
      const random = createRandom(
        textHash("text", this.#seed, fake.key, temperature === 0 ? "greedy" : seed),
      );
      const made = fakeWords(random, {
        count: maxNewTokens,
        share: this.#share(fake, steering),
        stop,
      });
      const read = onToken === undefined ? [] : this.#read(fake, made.words, steering);
      for (const token of read.slice(0, fake.words.length)) {
        onToken?.({ ...probeScores(token, probes), request });
      }
      for (let i = 0; i < Math.max(made.pieces.length, made.words.length); i++) {
        throwIfAborted(signal);
        const [text, token] = [made.pieces[i], read[fake.words.length + i]];
        if (text !== undefined) {
          onText?.({ request, text });
        }
        if (token !== undefined) {
          onToken?.({ ...probeScores(token, probes), request });
        }
        await undefined; // a caller may stop between two tokens
      }
      const generation: Generation = {
        text: made.pieces.join(""),
        promptText: `${fake.words.join(" ")} `,
        tokens: made.words.map(tokenId),
        promptTokens: fake.words.map(tokenId),
        finishReason: made.finishReason,
        steered,
      };
      generations.push(generation);
      onDone?.({ request, generation });
    }
    return generations;
  }

  /** As `compareTexts` without steering. */
  async *logProbabilities(
    requests: readonly ContinuationRequest[],
    { signal }: CallOptions = {},
  ): AsyncGenerator<readonly number[]> {
    for (const { prompt, tokens } of requests) {
      throwIfAborted(signal);
      const share = this.#share(fakePrompt(prompt), []);
      yield tokens.map((token) => wordLogProbability(BROUGHT.has(token), share));
    }
  }

  /** Each word has the probability with which `generate` draws it; words that it never does have that of any other. */
  async *compareTexts(
    prompts: readonly AnsweredPrompt[],
    steering: Steering,
    { signal }: CallOptions = {},
  ): AsyncGenerator<TextComparison> {
    this.#check(steering);
    for (const prompt of prompts) {
      await this.#begin(signal);
      const fake = fakePrompt(prompt);
      const words = wordsOf(prompt.answer);
      const brought = words.map((word) => BROUGHT.has(tokenId(word)));
      const layout = layoutOf(fake, words.length);
      this.#checkLength(layout.sequenceLength);
      checkedSpan(steering, layout);
      const [p, q] = [this.#share(fake, []), this.#share(fake, steering)];
      // Between two lists of words, each even within itself: that of their shares.
      const divergence = p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
      yield {
        plain: brought.map((one) => wordLogProbability(one, p)),
        steered: brought.map((one) => wordLogProbability(one, q)),
        divergence: words.map(() => divergence),
      };
    }
  }

  async explain(text: ReadText, steering: Steering): Promise<readonly ExplainedToken[]> {
    return this.#readText(text, steering).map(explainToken);
  }

  /** The vocabulary of the lens is the words that `generate` draws from; what is inside the model is made up. */
  async lens(
    text: ReadText,
    { layers, positions = "last", top = 10, steering = [], signal }: LensOptions,
  ): Promise<LensReading> {
    await this.#begin(signal);
    const outside = layers.find((layer) => this.#planted[layer] === undefined);
    if (outside !== undefined) {
      throw this.#noLayer("lens", outside);
    }
    const tokens = this.#readText(text, steering);
    const last = tokens.length - 1;
    const wrong = typeof positions === "string" ? undefined : positions.find((p) => !(p in tokens));
    if (wrong !== undefined) {
      const message = `lens: expected a position 0 to ${last}, got ${wrong}`;
      throw new CaaError("invalid-argument", message);
    }
    const chosen =
      positions === "all"
        ? tokens
        : tokens.filter(({ position }) =>
            (positions === "last" ? [last] : positions).includes(position),
          );
    return {
      tokens: tokens.map(({ id, text: word }) => ({ id, text: word })),
      steered: checkedSpan(steering, layoutOf(fakePrompt(text), wordsOf(text.answer).length)),
      cells: layers.flatMap((layer) =>
        chosen.flatMap((token) => lensCells(this.#inside, token, { layer, top })),
      ),
    };
  }

  async trace(
    text: ReadText,
    probes: readonly Probe[],
    { steering = [], signal }: TraceOptions = {},
  ): Promise<readonly ProbedToken[]> {
    await this.#begin(signal);
    this.#checkProbes(probes);
    return this.#readText(text, steering).map((token) => probeScores(token, probes));
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  get #inside(): FakeInside {
    return { seed: this.#seed, dModel: this.info.dModel, planted: this.#planted };
  }

  #readText(text: ReadText, steering: Steering): readonly FakeToken[] {
    this.#check(steering);
    const fake = fakePrompt(text);
    const answer = wordsOf(text.answer);
    const layout = layoutOf(fake, answer.length);
    this.#checkLength(layout.sequenceLength);
    checkedSpan(steering, layout);
    return this.#read(fake, answer, steering);
  }

  #read(fake: FakePrompt, answer: readonly string[], steering: Steering): readonly FakeToken[] {
    return readInside(this.#inside, fake, answer, steering);
  }

  /** What the prompt alone puts into a layer, (d_model). */
  #base(fake: FakePrompt, layer: number): Float64Array {
    const random = createRandom(textHash("base", this.#seed, fake.key, layer));
    return Float64Array.from({ length: this.info.dModel }, () => random.gaussian());
  }

  /** (d_model): base + side * planted + noise, then steered. */
  #activation(
    fake: FakePrompt,
    answer: string,
    side: number,
    layer: number,
    steering: Steering,
  ): readonly number[] {
    const { noise = 0.5 } = this.#options;
    const random = createRandom(textHash("noise", this.#seed, fake.key, answer, side, layer));
    const planted = this.planted(layer);
    const h = this.#base(fake, layer).map(
      (x, i) => x + side * (planted[i] ?? 0) + noise * random.gaussian(),
    );
    return [
      ...applySteering(
        h,
        steering.filter((step) => step.layer === layer),
      ),
    ];
  }

  /** Sum over layers of (change of h along the planted direction) times the layer's weight; 0 for the plain model. */
  #shift(fake: FakePrompt, steering: Steering): number {
    let shift = 0;
    for (const layer of new Set(steering.map((step) => step.layer))) {
      const planted = this.planted(layer);
      const h = this.#base(fake, layer);
      const after = applySteering(
        h,
        steering.filter((step) => step.layer === layer),
      );
      const length = Math.hypot(...planted);
      const along = planted.reduce((sum, x, i) => sum + x * ((after[i] ?? 0) - (h[i] ?? 0)), 0);
      shift += length === 0 ? 0 : (along / length) * this.layerWeight(layer);
    }
    return shift;
  }

  /** The share of the words that steering brings. */
  #share(fake: FakePrompt, steering: Steering): number {
    return sigmoid(this.#shift(fake, steering) - 2);
  }

  #dose(fake: FakePrompt, steering: Steering): number | null {
    const [step, ...more] = steering;
    return step === undefined || more.length > 0
      ? null
      : relativeDose(step, [norm(this.#base(fake, step.layer))]);
  }

  async #begin(signal: AbortSignal | undefined): Promise<void> {
    if (this.#disposed) {
      throw new CaaError("invalid-argument", "FakeModel: expected an open model, it is disposed");
    }
    throwIfAborted(signal);
    const number = ++this.#handled;
    const { delay, failAt, failure } = this.#options;
    await delay?.(signal);
    throwIfAborted(signal);
    if (number === failAt) {
      throw failure ?? new CaaError("device", `FakeModel: told to fail at prompt ${failAt}`);
    }
  }

  #check(steering: Steering): void {
    for (const { name, layer, vector, multiplier } of steering) {
      const where = `steering "${name}" at layer ${layer}`;
      if (this.#planted[layer] === undefined) {
        throw this.#noLayer(where, layer);
      }
      if (vector.length !== this.info.dModel) {
        throw new CaaError(
          "shape-mismatch",
          `${where}: expected ${this.info.dModel} values, got ${vector.length}`,
        );
      }
      if (!Number.isFinite(multiplier)) {
        throw new CaaError(
          "invalid-argument",
          `${where}: expected a finite multiplier, got ${multiplier}`,
        );
      }
    }
  }

  #checkProbes(probes: readonly Probe[]): void {
    for (const { name, layer, vector } of probes) {
      const where = `probe "${name}" at layer ${layer}`;
      if (this.#planted[layer] === undefined) {
        throw this.#noLayer(where, layer);
      }
      if (vector.length !== this.info.dModel || norm(vector) === 0) {
        throw new CaaError(
          vector.length === this.info.dModel ? "invalid-argument" : "shape-mismatch",
          `${where}: expected ${this.info.dModel} values that are not all zero, got ${vector.length}`,
        );
      }
    }
  }

  #checkLength(tokens: number): void {
    const { contextLength } = this.info;
    if (tokens > contextLength) {
      throw new CaaError(
        "context-length",
        `FakeModel: expected at most ${contextLength} tokens, got ${tokens}`,
      );
    }
  }

  #noLayer(where: string, layer: number): CaaError {
    return new CaaError(
      "invalid-argument",
      `${where}: expected a layer 0 to ${this.info.layerCount - 1}, got ${layer}`,
    );
  }
}

/** The tokens of words that steering brings. */
const BROUGHT: ReadonlySet<number> = new Set(steeredWords.map(tokenId));

const wordsOf = (text = ""): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

/** The token that parts answers such as `(A)`: their letter, or the whole text of others. */
const letterOf = (answer: string): string => /^\s*\((\w)/.exec(answer)?.[1] ?? answer.trim();

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
