import {
  CaaError,
  type LensOptions,
  type LensReading,
  type ModelInfo,
  type ReadText,
  type SteerableModel,
  type Steering,
} from "@caa/core";

export interface ReadLensOptions extends Pick<LensOptions, "positions" | "top" | "signal"> {
  /** 0-based, in any order. @default all */
  readonly layers?: readonly number[];
  /** Read beside the plain model. @default none */
  readonly steering?: Steering;
}

/** The logit lens of one text, plain and steered at the same places. */
export interface LensResult {
  readonly model: ModelInfo;
  readonly text: ReadText;
  readonly plain: LensReading;
  /** Null without steering. */
  readonly steered: LensReading | null;
}

/**
 * The logit lens of a text under the plain model, and beside it under steering.
 * @throws {CaaError} unsupported for a model that does not give what is inside a block; empty-selection without a layer
 *   or position; invalid-argument for one that is not there
 */
export async function readLens(
  model: Pick<SteerableModel, "info" | "lens">,
  text: ReadText,
  options: ReadLensOptions = {},
): Promise<LensResult> {
  const { info } = model;
  if (model.lens === undefined) {
    const message = `lens: expected a model that gives what is inside its blocks, got ${info.id}, which does not`;
    throw new CaaError("unsupported", message, { facts: { model: info.id } });
  }
  const { layers = Array.from({ length: info.layerCount }, (_, layer) => layer), steering = [] } =
    options;
  const { positions = "last", top = 10, signal } = options;
  checkTop(top);
  const read = {
    layers: checkIndices("layer", layers, info.layerCount - 1),
    positions: typeof positions === "string" ? positions : checkIndices("position", positions),
    top,
    signal,
  };
  return {
    model: info,
    text,
    plain: await model.lens(text, read),
    steered: steering.length === 0 ? null : await model.lens(text, { ...read, steering }),
  };
}

function checkTop(top: number): void {
  if (!Number.isSafeInteger(top) || top < 1) {
    throw new CaaError("invalid-argument", `lens: expected a top of 1 or more tokens, got ${top}`);
  }
}

/** Ascending, once each. */
function checkIndices(what: string, values: readonly number[], last = Infinity): number[] {
  if (values.length === 0) {
    throw new CaaError("empty-selection", `lens: expected at least one ${what}, got none`);
  }
  const wrong = values.find((value) => !Number.isSafeInteger(value) || value < 0 || value > last);
  if (wrong !== undefined) {
    const range = last === Infinity ? "from 0 on" : `0 to ${last}`;
    throw new CaaError("invalid-argument", `lens: expected a ${what} ${range}, got ${wrong}`);
  }
  return [...new Set(values)].sort((a, b) => a - b);
}
