import type { PlantedDirections } from "@caa/llama/phantom";
import { readVariable, type Environment } from "../env.ts";

/** The model that the demo runs on. */
export interface DemoSubject {
  readonly name: string;
  /** What is planted in it; null for a model of which that is not known. */
  readonly planted: PlantedDirections | null;
}

/**
 * The model that was asked for, CAA_MODEL, or else the embedded test object.
 * @throws {CaaError} not-found when the embedded one is wanted and the package came without it
 */
export async function demoSubject(
  asked: string | undefined,
  env: Environment,
): Promise<DemoSubject> {
  const { PHANTOM, plantedDirections } = await import("@caa/llama/phantom");
  const wanted = asked === undefined || asked.trim() === "" ? undefined : asked;
  const name = wanted ?? readVariable(env, "CAA_MODEL") ?? PHANTOM;
  return { name, planted: name === PHANTOM ? await plantedDirections() : null };
}

/** What the numbers of this run are good for, in words. */
export function describeSubject({ name, planted }: DemoSubject): string {
  if (planted === null) {
    return `This runs on ${name} with few questions of our own, made by a grammar. It shows how it is done on this model; figures to rely on take the published data sets, or your own.`;
  }
  const { directions, controls, layer } = planted;
  return `This runs on ${name}, a test object that comes in the box: a tiny model into which directions for ${directions.length} behaviors were planted after layer ${layer}, and none for ${controls.join(", ")}. It shows whether the instrument finds what is there, and finds nothing where nothing is. It is no evidence about language models.`;
}
