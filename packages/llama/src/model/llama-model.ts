import {
  CaaError,
  type ActivationOptions,
  type AnsweredPrompt,
  type CallOptions,
  type ChoicePrompt,
  type ChoiceResult,
  type ContinuationRequest,
  type ContrastActivation,
  type ContrastPrompt,
  type ExplainedToken,
  type GenerateOptions,
  type GenerateRequest,
  type Generation,
  type ModelInfo,
  type LensOptions,
  type LensReading,
  type Probe,
  type ProbedToken,
  type ReadText,
  type SteerableModel,
  type Steering,
  type TextComparison,
  type TraceOptions,
} from "@caa/core";
import type { LlamaConfig } from "../config/llama-config.ts";
import type { Engine } from "../engine/jobs.ts";
import { encodeChoice, type EncodedChoice } from "../prompt/encode-choice.ts";
import { encodePrompt } from "../prompt/encode-prompt.ts";
import type { PromptFormat } from "../prompt/prompt-style.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { compareText } from "./compare-texts.ts";
import { DoseReader } from "./dose-reader.ts";
import { explainText } from "./explain-text.ts";
import { generateTexts } from "./generate-texts.ts";
import { lensOfText } from "./lens-text.ts";
import { traceText } from "./trace-text.ts";
import { SteeringCompiler, spanOfSteps } from "./token-steering.ts";

export interface LlamaModelParts {
  readonly info: ModelInfo;
  readonly config: LlamaConfig;
  readonly engine: Engine;
  readonly tokenizer: Tokenizer;
  readonly format: PromptFormat;
}

/** A Llama that is read and steered by texts: prompts in, tokens to the engine, numbers and texts out. */
export class LlamaModel implements SteerableModel {
  readonly info: ModelInfo;
  readonly #parts: LlamaModelParts;

  constructor(parts: LlamaModelParts) {
    this.info = parts.info;
    this.#parts = parts;
  }

  async *contrastActivations(
    prompts: readonly ContrastPrompt[],
    options: ActivationOptions,
  ): AsyncGenerator<ContrastActivation> {
    const { engine, tokenizer, config } = this.#parts;
    if (options.layers.length === 0) {
      throw new CaaError("empty-selection", "activations: no layer is asked for");
    }
    for (const prompt of prompts) {
      const choice = this.#choice({ ...prompt, answers: [prompt.positive, prompt.negative] });
      const position = choice.ids.length;
      const compiler = new SteeringCompiler(config);
      const steps = compiler.compile(options.steering ?? [], choice.markerIndex, position + 1);
      const sequences = choice.answerTokens.map((token) => ({
        ids: [...choice.ids, token],
        steps,
      }));
      const places = sequences.map((_, sequence) => ({ sequence, position }));
      const { residual } = await engine.forward(
        { vectors: compiler.vectors, sequences, residual: { layers: options.layers, places } },
        options.signal,
      );
      const [positive, negative] = residual;
      const [positiveToken = "", negativeToken = ""] = choice.answerTokens.map((id) =>
        tokenizer.token(id),
      );
      if (positive === undefined || negative === undefined) {
        throw new CaaError("device", "activations: the engine answered less than was asked");
      }
      yield { positive, negative, position, positiveToken, negativeToken };
    }
  }

  async *choiceProbabilities(
    prompts: readonly ChoicePrompt[],
    steerings: readonly Steering[],
    options: CallOptions = {},
  ): AsyncGenerator<readonly ChoiceResult[]> {
    const { engine, tokenizer, config } = this.#parts;
    for (const prompt of prompts) {
      const choice = this.#choice(prompt);
      if (steerings.length === 0) {
        yield [];
        continue;
      }
      const length = choice.ids.length;
      const compiler = new SteeringCompiler(config);
      const sequences = steerings.map((steering) => ({
        ids: choice.ids,
        steps: compiler.compile(steering, choice.markerIndex, length),
      }));
      const doses = new DoseReader(steerings, sequences);
      const { probabilities, residual } = await engine.forward(
        {
          vectors: compiler.vectors,
          sequences: [...sequences, ...doses.sequences],
          ...(doses.residual === null ? {} : { residual: doses.residual }),
          probabilities: sequences.map((_, sequence) => ({
            sequence,
            position: length - 1,
            tokens: choice.answerTokens,
          })),
        },
        options.signal,
      );
      const answerTokens = choice.answerTokens.map((id) => tokenizer.token(id));
      yield sequences.map(({ steps }, i) => ({
        probabilities: probabilities[i] ?? [],
        answerTokens,
        promptLength: length,
        steered: spanOfSteps(steps, length),
        relativeDose: doses.doseOf(i, residual),
      }));
    }
  }

  async generate(
    requests: readonly GenerateRequest[],
    options: GenerateOptions = {},
  ): Promise<readonly Generation[]> {
    return generateTexts(this.#parts, requests, options);
  }

  async *logProbabilities(
    requests: readonly ContinuationRequest[],
    { signal }: CallOptions = {},
  ): AsyncGenerator<readonly number[]> {
    const { engine, tokenizer, format, config } = this.#parts;
    for (const { prompt, tokens } of requests) {
      const { ids } = encodePrompt(tokenizer, format, prompt);
      const length = ids.length + tokens.length;
      if (length - 1 > config.max_position_embeddings) {
        throw new CaaError(
          "context-length",
          `prompt and answer: ${length} tokens, the model's context has ${config.max_position_embeddings}`,
          { facts: { tokens: length, context: config.max_position_embeddings } },
        );
      }
      if (tokens.length === 0) {
        yield [];
        continue;
      }
      const { probabilities } = await engine.forward(
        {
          vectors: [],
          sequences: [{ ids: [...ids, ...tokens.slice(0, -1)], steps: [] }],
          probabilities: tokens.map((token, i) => ({
            sequence: 0,
            position: ids.length - 1 + i,
            tokens: [token],
          })),
        },
        signal,
      );
      // A probability below the smallest number is that number, not minus infinity.
      yield probabilities.map(([p = 0]) => Math.log(Math.max(p, Number.MIN_VALUE)));
    }
  }

  async *compareTexts(
    prompts: readonly AnsweredPrompt[],
    steering: Steering,
    { signal }: CallOptions = {},
  ): AsyncGenerator<TextComparison> {
    for (const prompt of prompts) {
      yield await compareText(this.#parts, prompt, steering, signal);
    }
  }

  async explain(
    prompt: ReadText,
    steering: Steering,
    { signal }: CallOptions = {},
  ): Promise<readonly ExplainedToken[]> {
    return explainText(this.#parts, prompt, steering, signal);
  }

  async lens(text: ReadText, options: LensOptions): Promise<LensReading> {
    return lensOfText(this.#parts, text, options);
  }

  async trace(
    text: ReadText,
    probes: readonly Probe[],
    options: TraceOptions = {},
  ): Promise<readonly ProbedToken[]> {
    return traceText(this.#parts, text, probes, options);
  }

  async dispose(): Promise<void> {
    await this.#parts.engine.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #choice(prompt: ChoicePrompt): EncodedChoice {
    const { tokenizer, format, config } = this.#parts;
    const choice = encodeChoice(tokenizer, format, prompt);
    if (choice.ids.length + 1 > config.max_position_embeddings) {
      throw new CaaError(
        "context-length",
        `prompt: ${choice.ids.length + 1} tokens, the model's context has ${config.max_position_embeddings}`,
        { facts: { tokens: choice.ids.length + 1, context: config.max_position_embeddings } },
      );
    }
    return choice;
  }
}
