import { CaaError } from "@caa/core";
import { BEHAVIOR_NAMES, type BehaviorName } from "../behaviors/known-behaviors.ts";
import { suggest } from "../layout/suggest.ts";

/** Every set that is processed from raw files: the behaviors, then the two test sets. */
export const SET_NAMES = [...BEHAVIOR_NAMES, "truthfulqa", "mmlu"] as const;
export type SetName = (typeof SET_NAMES)[number];

/** @throws {CaaError} not-found with the closest name and all of them */
export function parseSetName(name: string): SetName {
  return findName(name, SET_NAMES, "data set");
}

/** @throws {CaaError} not-found with the closest name and all of them */
export function parseBehaviorName(name: string): BehaviorName {
  return findName(name, BEHAVIOR_NAMES, "behavior");
}

function findName<const Name extends string>(
  name: string,
  known: readonly Name[],
  what: string,
): Name {
  const found = known.find((candidate) => candidate === name);
  if (found === undefined) {
    const near = suggest(name, known);
    const hint = near === null ? "" : ` Did you mean ${JSON.stringify(near)}?`;
    const message = `expected the name of a ${what}, got ${JSON.stringify(name)}.${hint} There: ${known.join(", ")}`;
    throw new CaaError("not-found", message, { facts: { name, suggestion: near, known } });
  }
  return found;
}
