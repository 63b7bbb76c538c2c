import type { LensCell, LensPlace, LensToken } from "../model/lens.ts";
import { LENS_PLACES } from "../model/lens.ts";
import type { Probe, ProbedToken } from "../model/probe.ts";
import type { ExplainedToken } from "../model/steerable-model.ts";
import type { Steering, SteeringStep } from "../model/steering.ts";
import { createRandom, randomDirection } from "../random/random.ts";
import { applySteering } from "../steering-plan/apply-steering.ts";
import { type SteeringChange, steeringChanges } from "../steering-plan/steering-changes.ts";
import { steeredSpan } from "../steering-plan/steered-span.ts";
import { dot, norm, normalizeTo } from "../vectors/vectors.ts";
import { type FakePrompt, layoutOf, tokenId } from "./fake-tokens.ts";
import { plainWords, steeredWords } from "./fake-words.ts";
import { textHash } from "./text-hash.ts";

/** Length of the rows of the fake unembedding. */
const ROW_LENGTH = 1.5;

/** What the inside of the fake model is made of. */
export interface FakeInside {
  readonly seed: number;
  readonly dModel: number;
  /** (layers)(d_model) */
  readonly planted: readonly Float32Array[];
}

/** The stream at one layer: places of the lens, and what was there before steering, each (d_model). */
type FakeLayer = Readonly<Record<LensPlace | "before-steering", Float64Array>>;

/** A token that the fake model has read. */
export interface FakeToken extends Omit<ProbedToken, "scores"> {
  /** That act on it. */
  readonly steps: Steering;
  readonly layers: readonly FakeLayer[];
}

/**
 * What the fake model has inside: at each layer attention and MLP add made-up numbers, which depend on all tokens up to
 * here, to the stream of the layer before; then steering acts, as `applySteering`, and is carried on by the stream.
 */
export function readInside(
  inside: FakeInside,
  prompt: FakePrompt,
  answer: readonly string[],
  steering: Steering,
): readonly FakeToken[] {
  const layout = layoutOf(prompt, answer.length);
  const words = [...prompt.words, ...answer];
  const ranges = steering.map(({ positions }) => steeredSpan(positions, layout));
  return words.map((word, position) => {
    const acts = (_: SteeringStep, i: number): boolean => {
      const range = ranges[i] ?? null;
      return range !== null && position >= range.first && position <= range.last;
    };
    const steps = steering.filter(acts);
    return {
      position,
      id: tokenId(word),
      text: position === 0 ? word : ` ${word}`,
      isPrompt: position < prompt.words.length,
      isSteered: steps.length > 0,
      steps,
      layers: layersOf(inside, words.slice(0, position + 1), steps),
    };
  });
}

function layersOf(
  { seed, dModel, planted }: FakeInside,
  words: readonly string[],
  steps: Steering,
): readonly FakeLayer[] {
  const madeUp = (what: string, ...parts: readonly (string | number)[]): Float64Array => {
    const random = createRandom(textHash(what, seed, ...parts));
    return Float64Array.from({ length: dModel }, () => random.gaussian());
  };
  let h = madeUp("embedding", words.at(-1) ?? "");
  return planted.map((_, layer) => {
    const attention = madeUp("attention", layer, ...words);
    const after = sum(h, attention);
    const mlp = madeUp("mlp", layer, ...words);
    const before = sum(after, mlp);
    h = applySteering(
      before,
      steps.filter((step) => step.layer === layer),
    );
    return {
      "attention-output": attention,
      "residual-after-attention": after,
      "mlp-output": mlp,
      "before-steering": before,
      "block-output": h,
    };
  });
}

export function probeScores(token: FakeToken, probes: readonly Probe[]): ProbedToken {
  const { layers, steps: _, ...rest } = token;
  const scores = probes.map(({ layer, vector }) => {
    const h = layers[layer]?.["block-output"] ?? new Float64Array(vector.length);
    const product = dot(h, vector);
    const length = norm(h);
    return { dot: product, cosine: length === 0 ? 0 : product / length / norm(vector) };
  });
  return { ...rest, scores };
}

export function explainToken({ position, id, text, steps, layers }: FakeToken): ExplainedToken {
  const changes = new Map<SteeringStep, SteeringChange>();
  for (const [layer, { "before-steering": before }] of layers.entries()) {
    const own = steps.filter((step) => step.layer === layer);
    steeringChanges(before, own).forEach((change, i) => {
      const step = own[i];
      if (step !== undefined) {
        changes.set(step, change);
      }
    });
  }
  return {
    position,
    id,
    text,
    steps: steps.map((step) => {
      const { name, layer, multiplier, operation } = step;
      return { name, layer, multiplier, operation, ...changes.get(step) };
    }),
  };
}

/**
 * The lens at one token and layer; the vocabulary is that of `fakeWords`. Rows of words that steering brings lie along what
 * is planted.
 */
export function lensCells(
  inside: FakeInside,
  { position, layers }: FakeToken,
  { layer, top }: { readonly layer: number; readonly top: number },
): readonly LensCell[] {
  const words = [...plainWords, ...steeredWords];
  const rows = words.map((word, i) => rowOf(inside, word, i >= plainWords.length));
  return LENS_PLACES.map((place) => {
    const h = layers[layer]?.[place] ?? new Float64Array(inside.dModel);
    const rms = norm(h) / Math.sqrt(h.length);
    const logits = rows.map((row) => (rms === 0 ? 0 : dot(row, h) / rms));
    return { layer, position, place, top: likeliest(words, logits, top) };
  });
}

function rowOf(
  { seed, dModel, planted }: FakeInside,
  word: string,
  brought: boolean,
): Float32Array {
  const own = randomDirection(dModel, ROW_LENGTH, textHash("row", seed, word));
  if (!brought) {
    return own;
  }
  const along = planted.filter((v) => norm(v) > 0).map((v) => normalizeTo(v, 1));
  return own.map((x, i) => along.reduce((total, v) => total + (v[i] ?? 0), x / 4));
}

/** Softmax over all words, the likeliest first. */
function likeliest(
  words: readonly string[],
  logits: readonly number[],
  top: number,
): readonly LensToken[] {
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const total = weights.reduce((all, weight) => all + weight, 0);
  return words
    .map((word, i) => ({
      id: tokenId(word),
      text: ` ${word}`,
      probability: (weights[i] ?? 0) / total,
    }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, i) => x + (b[i] ?? 0));
}
