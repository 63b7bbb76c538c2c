import {
  type ExplainedToken,
  formatPlanEntry,
  type Generation,
  type PlanEntry,
  parsePlanEntry,
  resolvePlan,
  type SteerableModel,
  type Steering,
} from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { describeVectors, type LoadedVectors, loadVectorsFor } from "../load-vectors.ts";
import {
  addModelOption,
  addRuntimeOptions,
  type ModelOptions,
  openRequestedModel,
  requireModelName,
} from "../options/model.ts";
import { collectTexts } from "../options/names.ts";
import { parseCount, parseWhole, parseWithin } from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { formatTable } from "../output/table.ts";

export interface GenerateOptions extends ModelOptions {
  readonly prompt: string;
  readonly system?: string;
  readonly steer?: readonly string[];
  readonly vectors: string;
  readonly raw?: boolean;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  readonly stop?: readonly string[];
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
    .option("--system <text>", "a system prompt")
    .option(
      "--steer <entries...>",
      "behavior:layers:multiplier[:add|ablate|clamp][:marker|after-marker|all|generated|i-j]; repeat it for more",
      collectTexts,
    )
    .option("--vectors <dir>", "folder of vectors", "vectors")
    .option("--raw", "use the vectors as made (default: normalized ones where present)")
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
    .option("--stop <texts...>", "end before one of these texts", collectTexts)
    .option("--explain", "show which tokens are steered, on stderr")
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
  const entries = (options.steer ?? []).map((text) => parsePlanEntry(text));
  await using model = await openRequestedModel(name, options, dependencies);
  const { steering, sets } = await resolveSteering(entries, options, model, dependencies);
  const { system, seed } = options;
  const prompt = { user: options.prompt, ...(system === undefined ? {} : { system }) };
  if (options.explain === true) {
    dependencies.stderr.write(formatExplanation(await model.explain(prompt, steering)));
  }
  const json = options.json === true;
  const [generation] = await model.generate([{ prompt, steering, seed }], {
    maxNewTokens: options.maxNewTokens,
    temperature: options.temperature,
    topK: options.topK,
    topP: options.topP,
    stop: options.stop ?? [],
    signal,
    ...(json ? {} : { onText: ({ text }) => void stdout.write(text) }),
  });
  stdout.write(json ? toJson(generation, entries, sets, options, model) : "\n");
}

async function resolveSteering(
  entries: readonly PlanEntry[],
  options: GenerateOptions,
  model: SteerableModel,
  { cwd, stderr }: CliDependencies,
): Promise<{ readonly steering: Steering; readonly sets: readonly LoadedVectors[] }> {
  const { raw = false } = options;
  const sets = new Map<string, LoadedVectors>();
  for (const behavior of new Set(entries.map((entry) => entry.name))) {
    const load = { dir: options.vectors, cwd, raw, model: model.info };
    const loaded = await loadVectorsFor(behavior, load);
    stderr.write(`${describeVectors(loaded, cwd)}\n`);
    sets.set(behavior, loaded);
  }
  const steering = resolvePlan(entries, (behavior) => sets.get(behavior)?.vectors);
  return { steering, sets: [...sets.values()] };
}

/** Every token of the prompt with what is added to it. */
export function formatExplanation(tokens: readonly ExplainedToken[]): string {
  const steered = tokens.filter((token) => token.steps.length > 0).length;
  const rows = tokens.map((token) => [
    String(token.position),
    JSON.stringify(token.text),
    token.steps
      .map(
        ({ name, layer, multiplier, operation }) => `${operation} ${multiplier} ${name}@${layer}`,
      )
      .join(", "),
  ]);
  const columns = [
    { title: "position", align: "right" },
    { title: "token" },
    { title: "steering" },
  ] as const;
  return `${formatTable(columns, rows)}${steered} of ${tokens.length} prompt tokens are steered; generated tokens follow the same rule\n`;
}

function toJson(
  generation: Generation | undefined,
  entries: readonly PlanEntry[],
  sets: readonly LoadedVectors[],
  options: GenerateOptions,
  { info }: SteerableModel,
): string {
  const result = {
    model: info,
    prompt: options.prompt,
    system: options.system ?? null,
    steer: entries.map((entry) => formatPlanEntry(entry)),
    vectors: sets.map(({ kind, vectors: { behavior, metadata } }) => ({
      behavior,
      kind,
      hash: metadata.contentHash,
      normalizedOver: metadata.normalization?.behaviors ?? null,
    })),
    seed: options.seed,
    temperature: options.temperature,
    topK: options.topK,
    topP: options.topP,
    maxNewTokens: options.maxNewTokens,
    stop: options.stop ?? [],
    ...generation,
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
