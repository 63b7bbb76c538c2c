import { cosine, norm, type SteeringVectors } from "@caa/core";
import type { JudgedEffect } from "@caa/eval";
import type { PlantedDirections } from "@caa/llama/phantom";
import { decimalsOf, decimalsOfChange, formatChange, formatMultiplier, signed } from "./numbers.ts";
import { SPAN } from "./plan.ts";

/** A judged effect and what it was measured with. */
export interface JudgedBehavior {
  readonly judged: JudgedEffect;
  readonly vectors: SteeringVectors;
}

/** What was measured, what it means, and, where it is known, whether that is what is there. */
export interface Finding {
  readonly text: string;
  /** Whether the effect stands out from zero and from every control, toward the behavior. */
  readonly found: boolean;
}

/** What the layer sweep says of a behavior. `planted` is what is in the model, where that is known. */
export function describeFinding(
  { judged, vectors }: JudgedBehavior,
  planted: PlantedDirections | null,
): Finding {
  const found = judged.verdict === "stands-out" && (judged.effect.change?.mean ?? 0) > 0;
  const sentences = [measured(vectors.behavior, judged), meaning(judged)];
  if (planted !== null) {
    sentences.push(...againstPlanted({ judged, vectors }, planted, found));
  }
  return { text: sentences.join(" "), found };
}

/** What is said of a behavior for which nothing is planted, beside one that was found. */
export function describeNegativeControl(
  { judged, vectors }: JudgedBehavior,
  beside: JudgedBehavior,
): Finding {
  const { effect, verdict } = judged;
  const { layer } = effect;
  const zero = {
    unmeasured: "Without an interval it says nothing.",
    "covers-zero":
      "The interval covers zero: nothing is found where nothing is planted, as it should be.",
    "within-controls":
      "The interval does not cover zero although nothing is planted, but a random direction moves it as far: no effect of this direction.",
    "stands-out":
      "The interval does not cover zero although nothing is planted, and no random direction moves it as far: the instrument finds something that is not there.",
  }[verdict];
  const lengths = [norm(vectors.vector(layer)), norm(beside.vectors.vector(layer))] as const;
  const text = `Negative control: ${measured(vectors.behavior, judged)} ${zero} Its vector there has length ${lengths[0].toFixed(2)}, that of ${beside.vectors.behavior} ${lengths[1].toFixed(2)}.`;
  return { text, found: verdict === "stands-out" };
}

function measured(behavior: string, { effect, controls, largestControl }: JudgedEffect): string {
  const { layer, n, change } = effect;
  const [from, to] = [formatMultiplier(SPAN.from), formatMultiplier(SPAN.to)];
  const size = Math.abs(largestControl);
  const plural =
    controls.length === 1 ? "1 random direction" : `${controls.length} random directions`;
  return `${behavior}, layer ${layer}: ${to} instead of ${from} moves p(matching) by ${formatChange(change, decimalsOfChange(change))} on ${n} items; ${plural} of the same norm move${controls.length === 1 ? "s" : ""} it by at most ${size.toFixed(decimalsOf([size]))}.`;
}

function meaning({ effect, verdict }: JudgedEffect): string {
  switch (verdict) {
    case "unmeasured":
      return "Too few answers could be scored for an interval: this says nothing.";
    case "covers-zero":
      return "The interval covers zero: no effect was found.";
    case "within-controls":
      return "A random direction moves it as far, so this says nothing about the direction.";
    case "stands-out":
      return (effect.change?.mean ?? 0) > 0
        ? "The vector moves answers toward the behavior, and no random direction moves them as far."
        : "The vector moves answers, but away from the behavior; no random direction moves them as far.";
  }
}

function againstPlanted(
  { judged, vectors }: JudgedBehavior,
  planted: PlantedDirections,
  found: boolean,
): readonly string[] {
  const own = planted.directions.find(({ behavior }) => behavior === vectors.behavior);
  if (own === undefined) {
    return [];
  }
  const where = `Planted after layer ${planted.layer}`;
  const place = !found
    ? `${where}: not found.`
    : judged.effect.layer === planted.layer
      ? `${where}: found.`
      : `${where}: found at another layer.`;
  const vector = vectors.layers.includes(planted.layer) ? vectors.vector(planted.layer) : null;
  return vector === null || norm(vector) === 0
    ? [place]
    : [
        `${place} There the vector has cosine ${signed(cosine(vector, own.direction), 2)} with the planted direction.`,
      ];
}
