import {
  type ExplainedToken,
  formatPlanEntry,
  type Generation,
  type SteerableModel,
} from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import {
  addModelOption,
  addRuntimeOptions,
  type ModelOptions,
  openRequestedModel,
  requireModelName,
} from "../options/model.ts";
import { addSamplingOptions, type SamplingOptions, samplingOf } from "../options/sampling.ts";
import { examples } from "../output/examples.ts";
import { formatExplanation } from "../output/explain-table.ts";
import {
  addSteeringOptions,
  requestedPlan,
  type ResolvedSteering,
  resolveSteering,
  type SteeringOptions,
  vectorsJson,
} from "../steering.ts";

export interface GenerateOptions extends ModelOptions, SteeringOptions, SamplingOptions {
  readonly prompt: string;
  readonly system?: string;
  readonly explain?: boolean;
  readonly json?: boolean;
}

/** `caa generate` */
export function addGenerate(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("generate")
    .description("answer a prompt, steered; the text is shown as it comes");
  addRuntimeOptions(addModelOption(command))
    .requiredOption("--prompt <text>", "what the user says")
    .option("--system <text>", "a system prompt");
  addSamplingOptions(addSteeringOptions(command))
    .option(
      "--explain",
      "show which tokens of the prompt are steered and how strongly beside the residual stream, on stderr, and with --json in it",
    )
    .option("--json", "text, tokens and what was steered as JSON, at the end")
    .action((options: GenerateOptions) => generateText(options, dependencies));
  examples(
    command,
    'caa generate --model llama-2-7b-chat --prompt "I think 2+2=5. Right?" --steer sycophancy:14:1.5',
    'caa generate --prompt "Who are you?" --steer refusal:13:-1 sycophancy:10-14:0.5:after-marker --explain',
    'caa generate --prompt "Tell me a story" --temperature 0.8 --top-p 0.95 --seed 7 --json',
  );
}

/** Streams one answer to stdout. @throws {CaaError} as `parsePlanEntry`, `loadVectorsFor` and `generate` */
export async function generateText(
  options: GenerateOptions,
  dependencies: CliDependencies,
): Promise<void> {
  const { stdout, signal } = dependencies;
  const name = requireModelName(options.model, dependencies);
  const entries = requestedPlan(options);
  await using model = await openRequestedModel(name, options, dependencies);
  const resolved = await resolveSteering(entries, options, model, dependencies);
  const { steering } = resolved;
  const { system, seed } = options;
  const prompt = { user: options.prompt, ...(system === undefined ? {} : { system }) };
  const explained =
    options.explain === true ? await model.explain(prompt, steering, { signal }) : undefined;
  if (explained !== undefined) {
    dependencies.stderr.write(formatExplanation(explained));
  }
  const json = options.json === true;
  const [generation] = await model.generate([{ prompt, steering, seed }], {
    ...samplingOf(options),
    signal,
    ...(json ? {} : { onText: ({ text }) => void stdout.write(text) }),
  });
  stdout.write(json ? toJson(generation, explained, resolved, options, model) : "\n");
}

function toJson(
  generation: Generation | undefined,
  explained: readonly ExplainedToken[] | undefined,
  { entries, sets }: ResolvedSteering,
  options: GenerateOptions,
  { info }: SteerableModel,
): string {
  const result = {
    model: info,
    prompt: options.prompt,
    system: options.system ?? null,
    steer: entries.map((entry) => formatPlanEntry(entry)),
    vectors: vectorsJson(sets),
    seed: options.seed,
    ...samplingOf(options),
    ...generation,
    ...(explained === undefined ? {} : { explained }),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
