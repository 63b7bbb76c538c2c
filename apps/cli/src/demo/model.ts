import { CaaError } from "@caa/core";
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
  const llama: object = await import("@caa/llama");
  if ("randomLlamaFolder" in llama && typeof llama.randomLlamaFolder === "function") {
    return { name: String(llama.randomLlamaFolder()), real: false };
  }
  throw new CaaError(
    "not-found",
    "demo: expected a model, got none. Give --model, or set CAA_MODEL in the environment or in the file .env",
  );
}
