import type { GenerateOptions } from "@caa/core";
import type { Command } from "commander";
import { collectTexts } from "./names.ts";
import { parseCount, parseWhole, parseWithin } from "./numbers.ts";

export interface SamplingOptions {
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  readonly stop?: readonly string[];
}

/** Adds the options of how one answer is generated. */
export function addSamplingOptions(command: Command): Command {
  return command
    .option("--max-new-tokens <n>", "length of the answer at most", parseCount, 100)
    .option("--temperature <t>", "0 takes the likeliest token", parseWithin(0, 100), 0)
    .option("--top-k <k>", "sample among the k likeliest tokens; 0 is off", parseWhole, 0)
    .option(
      "--top-p <p>",
      "sample among tokens that reach this probability",
      parseWithin(1e-6, 1),
      1,
    )
    .option("--seed <n>", "of the sampling", parseWhole, 0)
    .option("--stop <texts...>", "end before one of these texts", collectTexts);
}

/** For the model; the seed goes with the request. */
export function samplingOf(
  options: SamplingOptions,
): Pick<GenerateOptions, "stop"> & Omit<SamplingOptions, "seed" | "stop"> {
  const { maxNewTokens, temperature, topK, topP, stop = [] } = options;
  return { maxNewTokens, temperature, topK, topP, stop };
}
