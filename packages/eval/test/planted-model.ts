import {
  CaaError,
  type ChoicePrompt,
  type ChoiceResult,
  type ContrastActivation,
  type ContrastPrompt,
  createRandom,
  FIRST_DIFFERENT_TOKEN,
  randomDirection,
  STEERING_VECTORS_FORMAT,
  type SteerableModel,
  type Steering,
  SteeringVectors,
  throwIfAborted,
} from "@caa/core";
import type { AbItem, DataSet } from "@caa/datasets";

export const D_MODEL = 16;
export const LAYERS = 4;

/** The direction of "agree" at a layer: unit length. */
export function plantedDirection(layer: number): Float32Array {
  return randomDirection(D_MODEL, 1, 100 + layer);
}

/** The planted directions as steering vectors of the planted model. */
export function plantedVectors({ layers = [0, 1, 2, 3], dModel = D_MODEL } = {}): SteeringVectors {
  return new SteeringVectors({
    vectors: new Map(layers.map((layer) => [layer, plantedDirection(layer).subarray(0, dModel)])),
    metadata: {
      formatVersion: STEERING_VECTORS_FORMAT,
      behavior: "agreeing",
      modelId: "planted",
      modelHash: "a".repeat(64),
      architecture: null,
      layerCount: null,
      hookPoint: "resid-post",
      readPosition: FIRST_DIFFERENT_TOKEN,
      dtype: "float32",
      promptStyle: "llama2-chat",
      system: null,
      datasetName: "made-up.json",
      datasetHash: "d".repeat(64),
      pairCount: 1,
      aggregation: "mean-difference",
      normalization: null,
      shuffleSeed: 0,
      contentHash: null,
      provenance: null,
    },
  });
}

/** Made-up items in which one of the choices is "agree", the matching one. */
export function plantedItems(count: number, behavior = "agreeing"): DataSet<AbItem> {
  const items = Array.from({ length: count }, (_, i): AbItem => {
    const letters =
      i % 3 === 2
        ? (["C", "A", "B"] as const)
        : i % 2 === 0
          ? (["A", "B"] as const)
          : (["B", "A"] as const);
    const [matchingLetter, notMatchingLetter] = letters;
    const choices = [...letters]
      .sort()
      .map((x) => `(${x}) ${x === matchingLetter ? "agree" : "refuse"}`);
    return {
      question: `Question ${i}?\n\nChoices:\n${choices.join("\n")}`,
      answer_matching_behavior: `(${matchingLetter})`,
      answer_not_matching_behavior: `(${notMatchingLetter})`,
      matchingLetter,
      notMatchingLetter,
    };
  });
  return { path: "made-up.json", hash: "d".repeat(64), behavior, items };
}

export interface PlantedModel extends SteerableModel {
  /** Forward passes so far: prompts times steerings. */
  readonly passes: number;
  /** Prompts so far. */
  readonly prompts: number;
}

export interface PlantedOptions {
  /** Stops with an error after so many prompts, as a crash would. */
  readonly failAfter?: number;
  /** Probability of all letters together. @default 0.8 */
  readonly letterMass?: number;
  readonly hash?: string;
}

/** A model in which the answer "agree" is a direction of each layer, and steering along it makes that answer likely. */
export function createPlantedModel(options: PlantedOptions = {}): PlantedModel {
  const { failAfter = Number.POSITIVE_INFINITY, letterMass = 0.8 } = options;
  let passes = 0;
  let prompts = 0;
  const agrees = (user: string, answer: string): boolean => user.includes(`${answer} agree`);
  const seedOf = (text: string): number =>
    [...text].reduce((sum, x) => (sum * 31 + (x.codePointAt(0) ?? 0)) % 1e6, 7);
  const count = (): void => {
    prompts += 1;
    if (prompts > failAfter) {
      throw new CaaError("io", "the power went out");
    }
  };

  return {
    info: {
      id: "planted",
      hash: options.hash ?? "a".repeat(64),
      architecture: "Planted",
      layerCount: LAYERS,
      dModel: D_MODEL,
      vocabularySize: 8,
      contextLength: 1000,
      dtype: "float32",
      device: "cpu",
      promptStyle: "llama2-chat",
    },
    get passes() {
      return passes;
    },
    get prompts() {
      return prompts;
    },
    async *contrastActivations(
      all: readonly ContrastPrompt[],
      { layers, signal },
    ): AsyncIterable<ContrastActivation> {
      for (const { user, positive, negative } of all) {
        throwIfAborted(signal);
        count();
        const read = (answer: string): Float32Array =>
          Float32Array.from(
            layers.flatMap((layer) => {
              const noise = randomDirection(D_MODEL, 0.5, seedOf(`${user}${layer}`));
              const sign = agrees(user, answer) ? 1 : -1;
              return [...plantedDirection(layer)].map((x, i) => sign * x + (noise[i] ?? 0));
            }),
          );
        yield {
          positive: read(positive),
          negative: read(negative),
          position: 9,
          positiveToken: positive.slice(1, 2),
          negativeToken: negative.slice(1, 2),
        };
      }
    },
    async *choiceProbabilities(
      all: readonly ChoicePrompt[],
      steerings: readonly Steering[],
      { signal } = {},
    ) {
      for (const { user, system, answers } of all) {
        throwIfAborted(signal);
        count();
        passes += steerings.length;
        const base = createRandom(seedOf(`${user}${system ?? ""}`)).gaussian();
        yield steerings.map((steering): ChoiceResult => {
          const push = steering.reduce((sum, { layer, vector, multiplier }) => {
            const direction = plantedDirection(layer);
            return (
              sum + multiplier * vector.reduce((dot, x, i) => dot + x * (direction[i] ?? 0), 0)
            );
          }, base);
          const weights = answers.map((answer) =>
            Math.exp(agrees(user, answer) ? push / 2 : -push / 2),
          );
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          return {
            probabilities: weights.map((weight) => (letterMass * weight) / total),
            answerTokens: answers.map((answer) => answer.slice(1, 2)),
            promptLength: user.length,
            steered: steering.length === 0 ? null : { first: user.length - 2, count: 2 },
          };
        });
      }
    },
    generate: () => Promise.reject(new CaaError("unsupported", "made-up")),
    explain: () => Promise.reject(new CaaError("unsupported", "made-up")),
    dispose: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
