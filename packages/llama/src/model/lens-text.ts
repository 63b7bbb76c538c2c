import {
  CaaError,
  LENS_PLACES,
  type LensOptions,
  type LensReading,
  type LensToken,
  type ReadText,
} from "@caa/core";
import { encodeText } from "./encode-text.ts";
import type { LlamaModelParts } from "./llama-model.ts";
import { tokenText } from "./token-text.ts";
import { spanOfSteps, SteeringCompiler } from "./token-steering.ts";

/** What every place of the layers asked for says at the tokens asked for. */
export async function lensOfText(
  parts: LlamaModelParts,
  text: ReadText,
  options: LensOptions,
): Promise<LensReading> {
  const { engine, tokenizer, config } = parts;
  const { layers, positions: asked = "last", top = 10, steering = [], signal } = options;
  const { ids, markerIndex } = encodeText(parts, text);
  const positions = asked === "all" ? [...ids.keys()] : asked === "last" ? [ids.length - 1] : asked;
  checkIndices("layer", layers, config.num_hidden_layers);
  checkIndices("position", positions, ids.length);
  if (!Number.isInteger(top) || top < 1 || top > config.vocab_size) {
    throw new CaaError(
      "invalid-argument",
      `lens: expected 1 to ${config.vocab_size} top tokens, got ${top}`,
      { facts: { top } },
    );
  }
  const compiler = new SteeringCompiler(config);
  const steps = compiler.compile(steering, markerIndex, ids.length);
  const { topTokens, topProbabilities } = await engine.lens(
    { vectors: compiler.vectors, sequence: { ids, steps }, layers, positions, top },
    signal,
  );

  const named = (id: number): { readonly id: number; readonly text: string } => ({
    id,
    text: tokenText(tokenizer, id),
  });
  const topOf = (cell: number): readonly LensToken[] =>
    Array.from(topTokens.subarray(cell * top, (cell + 1) * top), (id, i) => ({
      ...named(id),
      probability: topProbabilities[cell * top + i] ?? Number.NaN,
    }));
  return {
    tokens: ids.map(named),
    steered: spanOfSteps(steps, ids.length),
    cells: layers.flatMap((layer, i) =>
      positions.flatMap((position, j) =>
        LENS_PLACES.map((place, k) => ({
          layer,
          position,
          place,
          top: topOf((i * positions.length + j) * LENS_PLACES.length + k),
        })),
      ),
    ),
  };
}

/** @throws {CaaError} `empty-selection` without any, `invalid-argument` where they do not ascend from 0 to below `end` */
function checkIndices(what: string, indices: readonly number[], end: number): void {
  if (indices.length === 0) {
    throw new CaaError("empty-selection", `lens: no ${what} is asked for`);
  }
  const wrong = indices.find(
    (index, i) => !Number.isInteger(index) || index <= (indices[i - 1] ?? -1) || index >= end,
  );
  if (wrong !== undefined) {
    throw new CaaError(
      "invalid-argument",
      `lens: expected each ${what} once, ascending, 0 to ${end - 1}, got ${wrong}`,
      { facts: { got: indices, end } },
    );
  }
}
