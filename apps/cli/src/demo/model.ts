import { readVariable, type Environment } from "../env.ts";

export interface DemoModel {
  readonly name: string;
  /** False when the numbers mean nothing. */
  readonly real: boolean;
}

/** The model of the demo: CAA_MODEL, or else the small random Llama that comes with the model's package. */
export async function demoModel(env: Environment): Promise<DemoModel> {
  const name = readVariable(env, "CAA_MODEL");
  if (name !== undefined) {
    return { name, real: true };
  }
  const { randomLlamaFolder } = await import("@caa/llama");
  return { name: randomLlamaFolder(), real: false };
}
