import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import type { FolderCache, JudgeModel, Prices } from "@caa/scoring";
import type { CliDependencies } from "../dependencies.ts";
import { readVariable } from "../env.ts";

/** Who judges. */
export interface JudgeOptions {
  readonly results: string;
  readonly judge?: string;
  readonly baseUrl?: string;
  readonly secondJudge?: string;
  readonly secondBaseUrl?: string;
  readonly maxTokens: number;
  readonly cache?: string;
  readonly priceIn?: number;
  readonly priceOut?: number;
  readonly secondPriceIn?: number;
  readonly secondPriceOut?: number;
}

export interface Judges {
  readonly first: JudgeModel;
  readonly second: JudgeModel | null;
  readonly cache: FolderCache;
}

/**
 * The judges that were asked for, with their keys from the environment. A key goes to the server that it is meant for
 * only: that of the first judge not to another server of the second.
 * @throws {CaaError} invalid-argument
 */
export async function openJudges(
  options: JudgeOptions,
  { env, cwd, stderr }: Pick<CliDependencies, "env" | "cwd" | "stderr">,
  { needsKey }: { /** False where nobody is asked. */ readonly needsKey: boolean },
): Promise<Judges> {
  const { createOpenAiJudge, FolderCache, isExposed, OPENAI_URL } = await import("@caa/scoring");
  const open = (model: string, baseUrl: string, apiKey: string | undefined): JudgeModel => {
    const judge = createOpenAiJudge({ model, baseUrl, apiKey, maxTokens: options.maxTokens });
    if (needsKey && apiKey === undefined && judge.baseUrl === OPENAI_URL) {
      const message = `judge ${model}: expected a key for ${OPENAI_URL}, got none: set OPEN_AI_KEY or OPENAI_API_KEY in the environment or in the file .env, or give the --base-url of a server of your own`;
      throw new CaaError("invalid-argument", message);
    }
    if (needsKey && apiKey !== undefined && isExposed(judge.baseUrl)) {
      stderr.write(
        `warning: the key goes to ${judge.baseUrl} unencrypted; anyone on the way can read it\n`,
      );
    }
    return judge;
  };
  const model = options.judge ?? readVariable(env, "CAA_JUDGE");
  if (model === undefined || model.trim() === "") {
    const message =
      "--judge: expected the name of a model, got none. Give --judge, or set CAA_JUDGE in the environment or in the file .env";
    throw new CaaError("invalid-argument", message);
  }
  const key = readVariable(env, "OPEN_AI_KEY") ?? readVariable(env, "OPENAI_API_KEY");
  const first = open(
    model,
    options.baseUrl ?? readVariable(env, "OPENAI_BASE_URL") ?? OPENAI_URL,
    key,
  );
  if (options.secondBaseUrl !== undefined && options.secondJudge === undefined) {
    const message = "--second-base-url: expected --second-judge beside it, got none";
    throw new CaaError("invalid-argument", message);
  }
  const second = options.secondJudge === undefined ? null : openSecond(options.secondJudge);
  if (second?.name === first.name && second.baseUrl === first.baseUrl) {
    const message = `--second-judge: expected another judge than the first, got ${second.name} at ${second.baseUrl} again; --repeats asks the same one several times`;
    throw new CaaError("invalid-argument", message);
  }
  return {
    first,
    second,
    cache: new FolderCache(resolve(cwd, options.cache ?? `${options.results}/.judge-cache`)),
  };

  function openSecond(name: string): JudgeModel {
    const own = readVariable(env, "SECOND_JUDGE_KEY");
    return options.secondBaseUrl === undefined
      ? open(name, first.baseUrl, key)
      : open(name, options.secondBaseUrl, own);
  }
}

/** The prices of a judge; null where they were not given. @throws {CaaError} invalid-argument for one of the two */
export function pricesOf(options: JudgeOptions, which: "first" | "second"): Prices | null {
  const [input, output] =
    which === "first"
      ? [options.priceIn, options.priceOut]
      : [options.secondPriceIn, options.secondPriceOut];
  if (input === undefined && output === undefined) {
    return null;
  }
  if (input === undefined || output === undefined) {
    const message = `prices of the ${which} judge: expected one for input and one for output, got one of them`;
    throw new CaaError("invalid-argument", message);
  }
  return { input, output };
}
