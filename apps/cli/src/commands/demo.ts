import { relative, resolve } from "node:path";
import type { Command } from "commander";
import { DEMO_BEHAVIOR, DEMO_PROMPT, demoGenerateSet, demoTestSet } from "../demo/data.ts";
import { keepOpen } from "../demo/keep-open.ts";
import { demoModel } from "../demo/model.ts";
import type { CliDependencies } from "../dependencies.ts";
import { addRuntimeOptions, type ModelOptions, openRequestedModel } from "../options/model.ts";
import { abWarnings, formatAbTable } from "../output/ab-table.ts";
import { examples } from "../output/examples.ts";
import { formatVectorsTable } from "../output/vectors-table.ts";
import { evaluateAb } from "./eval.ts";
import { generateText } from "./generate.ts";
import { plotResults } from "./plot-results.ts";
import { generateAllVectors } from "./vectors-generate.ts";
import { normalizeVectors } from "./vectors-normalize.ts";

interface DemoOptions extends ModelOptions {
  readonly out: string;
}

/** `caa demo` */
export function addDemo(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("demo")
    .description(
      "the whole job on a few made-up pairs: vectors, experiment, plots, a steered answer",
    )
    .option(
      "--model <model>",
      "folder, GGUF file or hub id (default: CAA_MODEL, or a small random Llama)",
    );
  addRuntimeOptions(command)
    .option("--out <dir>", "where everything goes", "demo")
    .action((options: DemoOptions) => runDemo(options, dependencies));
  examples(command, "caa demo", "caa demo --model ./model.gguf --out demo");
}

async function runDemo(options: DemoOptions, outer: CliDependencies): Promise<void> {
  const { writeFileAtomic } = await import("@caa/core/files");
  const { cwd, env, stdout } = outer;
  const chosen =
    options.model === undefined ? await demoModel(env) : { name: options.model, real: true };
  await using model = await openRequestedModel(chosen.name, options, outer);
  const dependencies = { ...outer, openModel: async () => keepOpen(model) }; // opened once for all steps
  const say = (text: string): unknown => stdout.write(`${text}\n`);
  const out = options.out;
  const folder = resolve(cwd, out);
  const common = { ...options, model: chosen.name };
  const data = `${out}/datasets`;
  const vectors = `${out}/vectors`;
  const results = `${out}/results`;
  const behaviors = [DEMO_BEHAVIOR];
  const note = chosen.real ? SMALL_NOTE : RANDOM_NOTE;
  say(note);
  say(
    `1. Contrast pairs: ${demoGenerateSet.length} for the vectors, ${demoTestSet.length} for the test`,
  );
  const write = (path: string, items: readonly object[]): Promise<void> =>
    writeFileAtomic(resolve(folder, "datasets", path), `${JSON.stringify(items, null, 2)}\n`);
  await write(`generate/${DEMO_BEHAVIOR}/generate_dataset.json`, demoGenerateSet);
  await write(`test/${DEMO_BEHAVIOR}/test_dataset_ab.json`, demoTestSet);

  say("\n2. Steering vectors");
  // Always made again: the demo may have run with another model or older pairs.
  const made = await generateAllVectors(
    { ...common, data, behaviors, out: vectors, overwrite: true },
    dependencies,
  );
  stdout.write(formatVectorsTable(made));
  const normalized = await normalizeVectors(
    { vectors, behaviors, overwrite: true, ...modelOf(made[0]?.vectors.metadata.modelId) },
    dependencies,
  );

  say("\n3. A/B experiment: how likely is the answer that fits the behavior?");
  const multipliers = [-2, 0, 2];
  const runs = await evaluateAb(
    {
      ...common,
      type: "ab",
      data,
      vectors,
      behaviors,
      multipliers,
      positions: "marker",
      out: results,
      overwrite: true,
    },
    dependencies,
  );
  for (const { cells } of runs) {
    stdout.write(formatAbTable(cells));
    abWarnings(cells).forEach(say);
  }

  say("\n4. Plots");
  const models = runs[0]?.cells[0] === undefined ? [] : [runs[0].cells[0].settings.model];
  const plots = await plotResults(
    { results, out: `${out}/plots`, behaviors, models },
    dependencies,
  );

  const layers = made[0]?.vectors.layers ?? [];
  const layer = layers[Math.floor(layers.length / 2)] ?? 0;
  const steer = `${DEMO_BEHAVIOR}:${layer}:2`;
  say(`drawn: ${plots.length} files\n\n5. An answer to "${DEMO_PROMPT}", steered with ${steer}`);
  await generateText(
    {
      ...common,
      prompt: DEMO_PROMPT,
      steer: [steer],
      vectors,
      maxNewTokens: 40,
      temperature: 0,
      topK: 0,
      topP: 1,
      seed: 0,
    },
    dependencies,
  );
  say(`\nFiles, all in ${relative(cwd, folder) || "."}:`);
  [
    `${data}/generate/${DEMO_BEHAVIOR}/generate_dataset.json`,
    `${data}/test/${DEMO_BEHAVIOR}/test_dataset_ab.json`,
    ...made.map(({ file }) => file),
    ...normalized.map(({ file }) => file),
    ...runs.flatMap(({ files }) => files),
    ...plots,
  ].forEach((file) => say(`  ${file}`));
  const name = chosen.real ? chosen.name : "MODEL";
  say(`\n${chosen.real ? "The same, command by command" : "The same on a real model; MODEL is a folder, a GGUF file or a hub id"}:
  caa vectors generate --model ${name} --data ${data} --behaviors ${DEMO_BEHAVIOR} --out ${vectors}
  caa vectors normalize --vectors ${vectors}
  caa eval --type ab --model ${name} --data ${data} --vectors ${vectors} --behaviors ${DEMO_BEHAVIOR} --multipliers -2 0 2 --out ${results}
  caa plot results --results ${results} --out ${out}/plots
  caa generate --model ${name} --vectors ${vectors} --prompt "${DEMO_PROMPT}" --steer ${steer}`);
  say(`\n${note}`);
}

const RANDOM_NOTE =
  "No model was named, so this runs on a tiny Llama with random weights: every step is real, but its numbers and its text mean nothing.";

const SMALL_NOTE =
  "Eight pairs and four items show how it is done, not what steering does: for that take real data sets.";

function modelOf(model: string | undefined): { readonly model?: string } {
  return model === undefined ? {} : { model };
}
