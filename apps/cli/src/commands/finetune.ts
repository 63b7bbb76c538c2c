import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { CaaError } from "@caa/core";
import { type AbItem, withoutTopicsOf } from "@caa/datasets";
import type { AnswerItem, FineTuneRecord, HeldOutAccuracy, Trainable } from "@caa/llama/train";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { readVariable } from "../env.ts";
import {
  addModelOption,
  addPromptOptions,
  modelIdOf,
  requestedStyle,
  requireModelName,
} from "../options/model.ts";
import { modelFileName, oneOf } from "../options/names.ts";
import { parseCount, parseNonNegative, parsePositive, parseWhole } from "../options/numbers.ts";
import { DATA_HELP } from "../options/data.ts";
import { examples } from "../output/examples.ts";
import { startProgress } from "../output/progress.ts";
import { formatTable } from "../output/table.ts";
import { portablePath, readSets } from "../read-sets.ts";

export interface FinetuneOptions {
  readonly model?: string;
  readonly data?: string;
  readonly behavior: string;
  readonly direction: "pos" | "neg";
  readonly layer?: number;
  readonly lora?: number;
  readonly loraAlpha?: number;
  readonly optimizer: "sgd" | "adamw";
  readonly lr: number;
  readonly weightDecay: number;
  readonly schedule: "constant" | "linear" | "cosine";
  readonly warmup: number;
  readonly epochs: number;
  readonly batch: number;
  readonly clip?: number;
  readonly seed: number;
  readonly limit?: number;
  readonly promptStyle?: "llama2-chat" | "llama2-base" | "template";
  readonly systemPosition?: "before" | "inside";
  readonly base?: boolean;
  readonly threads?: number;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** `caa finetune` */
export function addFinetune(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("finetune")
    .description(
      "train a model to answer with the letter that shows a behavior, or the other one; by default as the reference does: all weights, SGD, rate 1e-4, one epoch, one item a step",
    );
  addModelOption(command)
    .option("--data <dir>", DATA_HELP)
    .requiredOption("--behavior <name>", "a name in the data, or the path of one's own")
    .option(
      "--direction <direction>",
      "pos: the matching answers are taught; neg: the others",
      oneOf("pos", "neg"),
      "pos",
    )
    .option("--layer <n>", "train this decoder layer alone (default: all weights)", parseWhole)
    .option(
      "--lora <rank>",
      "train LoRA adapters of this rank beside all layers; at most the smaller side of their matrices",
      parseCount,
    )
    .option("--lora-alpha <x>", "adapters are scaled by x / rank (default: rank)", parsePositive)
    .option("--optimizer <name>", "sgd or adamw", oneOf("sgd", "adamw"), "sgd")
    .option("--lr <rate>", "learning rate", parsePositive, 1e-4)
    .option("--weight-decay <x>", "weight decay", parseNonNegative, 0)
    .option(
      "--schedule <name>",
      "course of the learning rate: constant, linear or cosine",
      oneOf("constant", "linear", "cosine"),
      "constant",
    )
    .option("--warmup <steps>", "steps over which the rate grows from 0", parseWhole, 0)
    .option("--epochs <n>", "how often every item is seen", parseCount, 1)
    .option("--batch <n>", "items a step", parseCount, 1)
    .option(
      "--clip <norm>",
      "shorten longer gradients to this norm (default: never)",
      parsePositive,
    )
    .option("--seed <n>", "of the order of the items and of new adapters", parseWhole, 0)
    .option("--limit <n>", "only so many pairs from the start of the set", parseCount);
  addPromptOptions(command)
    .option("--threads <n>", "threads of the processor (default: one a physical core)", parseCount)
    .option("--out <dir>", "the model's folder (default: finetuned/<model>_<behavior>_...)")
    .option("--overwrite", "train anew and replace what is there")
    .option("--json", "losses, held-out figures and files as JSON")
    .action(async (options: FinetuneOptions) => {
      const { record, out } = await finetune(options, dependencies);
      const folder = relative(dependencies.cwd, out);
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify({ out: folder, ...record }, null, 2)}\n`
          : formatHeldOut(record),
      );
      dependencies.stderr.write(
        `model: ${folder}\nnext: caa eval --type ab${given("model", options.model)}${given("data", options.data)} --override-weights ${folder} --behaviors ${options.behavior}\n`,
      );
    });
  examples(
    command,
    "caa finetune --model llama-2-7b-chat --behavior sycophancy --direction pos --layer 15",
    "caa finetune --model ./model.gguf --data datasets/original --behavior sycophancy --direction neg --layer 15 --lr 0.01 --limit 200",
    "caa finetune --behavior refusal --lora 8 --optimizer adamw --lr 1e-4 --batch 8",
  );
}

function given(option: string, value: string | undefined): string {
  return value === undefined ? "" : ` --${option} ${value}`;
}

/** @throws {CaaError} as `fineTune`; invalid-argument for options that exclude each other */
async function finetune(
  options: FinetuneOptions,
  dependencies: CliDependencies,
): Promise<{ readonly record: FineTuneRecord; readonly out: string }> {
  const { cwd, env, signal, stderr } = dependencies;
  const model = requireModelName(options.model, dependencies);
  const trainable = trainableOf(options);
  const style = requestedStyle(options);
  const asked = {
    behaviors: [options.behavior],
    ...(options.data === undefined ? {} : { data: options.data }),
  };
  const [lessons] = await readSets("generate", asked, dependencies);
  if (lessons === undefined) {
    throw new CaaError("empty-selection", `${options.behavior}: expected contrast pairs, got none`);
  }
  const [tests] = await readSets("test-ab", asked, { cwd, stderr: { write: () => true } });
  const { behavior, hash } = lessons;
  const taught = lessons.items.slice(0, options.limit);
  const heldOut = withoutTopicsOf(tests?.items ?? [], taught);
  const leaked = (tests?.items.length ?? 0) - heldOut.length;
  if (leaked > 0) {
    stderr.write(
      `note: ${leaked} of ${tests?.items.length} test items ask what a training item asks; they are not held out, so they are not measured\n`,
    );
  }
  const out = resolve(cwd, options.out ?? (await defaultFolder(model, behavior, options, cwd)));
  const { fineTune, trainingStatePath } = await import("@caa/llama/train");
  const overwrite = options.overwrite === true;
  if (!overwrite && existsSync(out)) {
    const message = `${relative(cwd, out)}: expected no model there yet, got one; --overwrite trains anew, --out puts this one elsewhere`;
    throw new CaaError("invalid-argument", message, { facts: { out } });
  }
  if (!overwrite && existsSync(trainingStatePath(out))) {
    stderr.write("going on with the training that was stopped\n");
  }
  const progress = startProgress(dependencies, "model", "");
  try {
    const record = await fineTune({
      model,
      out,
      overwrite,
      items: itemsOf(taught, options.direction),
      heldOut: itemsOf(heldOut, options.direction),
      data: {
        behavior,
        direction: options.direction,
        "data set": portablePath(lessons.path, cwd),
        "data hash": hash,
        ...(leaked === 0 ? {} : { "test items left out, as they were trained on": leaked }),
      },
      trainable,
      optimizer: options.optimizer,
      learningRate: options.lr,
      weightDecay: options.weightDecay,
      schedule: options.schedule,
      warmup: options.warmup,
      epochs: options.epochs,
      batchSize: options.batch,
      clipNorm: options.clip,
      seed: options.seed,
      promptStyle: style,
      systemPosition: options.systemPosition,
      threads: options.threads,
      token: readVariable(env, "HF_TOKEN"),
      signal,
      onOpen: ({ stage, done, total }) => progress.update(done, total, stage),
      onProgress: ({ stage, done, total, step }) =>
        progress.update(done, total, step === undefined ? stage : `loss ${step.loss.toFixed(3)}`),
    });
    return { record, out };
  } catch (error) {
    if (CaaError.isInstance(error) && error.code === "aborted") {
      const kept = existsSync(trainingStatePath(out));
      stderr.write(
        kept
          ? "The last whole step is kept. Run the same command again, without --overwrite, to go on.\n"
          : "Nothing was trained yet.\n",
      );
    }
    throw error;
  } finally {
    progress.end();
  }
}

function trainableOf({ layer, lora, loraAlpha }: FinetuneOptions): Trainable {
  if (layer !== undefined && lora !== undefined) {
    const message = `--layer and --lora: expected one of them, got ${layer} and ${lora}`;
    throw new CaaError("invalid-argument", message);
  }
  if (lora !== undefined) {
    return { kind: "lora", rank: lora, ...(loraAlpha === undefined ? {} : { alpha: loraAlpha }) };
  }
  return layer === undefined ? { kind: "all" } : { kind: "layer", layer };
}

function itemsOf(items: readonly AbItem[], direction: "pos" | "neg"): readonly AnswerItem[] {
  return items.map((item) => {
    const matching = item.answer_matching_behavior;
    const other = item.answer_not_matching_behavior;
    const [target, rest] = direction === "pos" ? [matching, other] : [other, matching];
    return { user: item.question, target, other: rest };
  });
}

/** Named as vectors are: by the hub id, or by the name of the folder or file. */
async function defaultFolder(
  model: string,
  behavior: string,
  { direction, layer, lora }: FinetuneOptions,
  cwd: string,
): Promise<string> {
  const what =
    lora === undefined ? (layer === undefined ? "all" : `layer=${layer}`) : `lora=${lora}`;
  const name = modelFileName(await modelIdOf(model, cwd));
  return join("finetuned", `${name}_${behavior}_${direction}_${what}`);
}

function formatHeldOut({ heldOut, steps, items }: FineTuneRecord): string {
  const row = (name: string, measured: HeldOutAccuracy | null): readonly string[] => [
    name,
    ...(measured === null
      ? ["-", "-", "-", "0"]
      : [
          measured.accuracy.toFixed(3),
          measured.share.toFixed(3),
          measured.mass.toFixed(3),
          String(measured.n),
        ]),
  ];
  const first = steps[0]?.loss.toFixed(3) ?? "-";
  const last = steps.at(-1)?.loss.toFixed(3) ?? "-";
  return `${formatTable(
    ["held out", "accuracy", "share", "mass", "items"].map((title, i) => ({
      title,
      align: i === 0 ? "left" : "right",
    })),
    [row("before", heldOut.before), row("after", heldOut.after)],
  )}${steps.length} steps over ${items} items, loss ${first} at the first, ${last} at the last
accuracy: how often the taught letter is the more probable one; share: its mean share of both; mass: both together
`;
}
