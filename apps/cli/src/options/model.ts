import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { CaaError, type SteerableModel } from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies, OpenModelOptions } from "../dependencies.ts";
import { readVariable } from "../env.ts";
import { startProgress } from "../output/progress.ts";
import { oneOf } from "./names.ts";
import { parseCount } from "./numbers.ts";

export interface ModelOptions {
  readonly model?: string;
  readonly device?: "auto" | "cpu" | "cuda";
  readonly dtype?: "float32" | "q8" | "q4";
  readonly promptStyle?: "llama2-chat" | "llama2-base" | "template";
  readonly systemPosition?: "before" | "inside";
  readonly base?: boolean;
  readonly threads?: number;
}

/** Adds `--model` to a command; commands that take the model as an argument leave it out. */
export function addModelOption(command: Command): Command {
  return command.option(
    "--model <model>",
    "folder, GGUF file, hub id or short name such as llama-2-7b-chat (default: CAA_MODEL)",
  );
}

/** Adds the options of how a model is opened. */
export function addRuntimeOptions(command: Command): Command {
  command.option(
    "--device <device>",
    "auto, cpu or cuda (default: auto)",
    oneOf("auto", "cpu", "cuda"),
  );
  addDtypeOption(command);
  return addPromptOptions(command).option(
    "--threads <n>",
    "threads of the processor (default: one a physical core)",
    parseCount,
  );
}

/** Adds `--dtype`. */
export function addDtypeOption(command: Command): Command {
  return command.option(
    "--dtype <dtype>",
    "weights as float32, or in blocks of 8 or 4 bits: float32, q8, q4 (default: float32)",
    oneOf("float32", "q8", "q4"),
  );
}

/** Adds the options of how a model is prompted. */
export function addPromptOptions(command: Command): Command {
  return command
    .option(
      "--prompt-style <style>",
      "llama2-chat, llama2-base or template (default: what fits the model)",
      oneOf("llama2-chat", "llama2-base", "template"),
    )
    .option("--base", "for models without chat training; same as --prompt-style llama2-base")
    .option(
      "--system-position <where>",
      "llama2-chat: the system block before [INST] or inside (default: before)",
      oneOf("before", "inside"),
    );
}

/** The model that was asked for. @throws {CaaError} invalid-argument when none was */
export function requireModelName(
  model: string | undefined,
  { env }: Pick<CliDependencies, "env">,
): string {
  const name = model?.trim() === "" ? undefined : (model ?? readVariable(env, "CAA_MODEL"));
  if (name === undefined) {
    const message =
      "--model: expected a folder, a GGUF file or a hub id, got none. Give --model, or set CAA_MODEL in the environment or in the file .env";
    throw new CaaError("invalid-argument", message);
  }
  return name;
}

/** What `--prompt-style` and `--base` ask for. @throws {CaaError} invalid-argument when they differ */
export function requestedStyle({
  base,
  promptStyle,
}: Pick<ModelOptions, "base" | "promptStyle">): ModelOptions["promptStyle"] {
  if (base === true && promptStyle !== undefined && promptStyle !== "llama2-base") {
    const message = `--base: expected no other --prompt-style beside it, got ${promptStyle}`;
    throw new CaaError("invalid-argument", message);
  }
  return base === true ? "llama2-base" : promptStyle;
}

/**
 * Opens the model that the options ask for, with progress.
 * @throws {CaaError} as `openModel`, and invalid-argument
 */
export async function openRequestedModel(
  name: string,
  options: ModelOptions,
  dependencies: CliDependencies,
): Promise<SteerableModel> {
  const progress = startProgress(dependencies, "model", "");
  const { device, dtype, systemPosition, threads } = options;
  const style = requestedStyle(options);
  const token = readVariable(dependencies.env, "HF_TOKEN");
  const open: OpenModelOptions = {
    ...(device === undefined ? {} : { device }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(style === undefined ? {} : { promptStyle: style }),
    ...(systemPosition === undefined ? {} : { systemPosition }),
    ...(threads === undefined ? {} : { threads }),
    ...(token === undefined ? {} : { token }),
    onProgress: ({ stage, done, total }) => progress.update(done, total, stage),
    signal: dependencies.signal,
  };
  try {
    return await dependencies.openModel(name, open);
  } finally {
    progress.end();
  }
}

/** The layers that were asked for, or all. @throws {CaaError} invalid-argument for a layer that the model does not have */
export function checkLayers(
  layers: readonly number[] | undefined,
  model: SteerableModel,
): readonly number[] {
  const { id, layerCount } = model.info;
  const wrong = layers?.find((layer) => layer >= layerCount);
  if (wrong !== undefined) {
    const message = `--layers: expected 0 to ${layerCount - 1}, since ${id} has ${layerCount} layers, got ${wrong}`;
    throw new CaaError("invalid-argument", message, { facts: { layer: wrong, layerCount } });
  }
  return layers ?? Array.from({ length: layerCount }, (_, layer) => layer);
}

/** The id that a model would have, without opening it: its hub id, or the name of its folder or file. */
export async function modelIdOf(name: string, cwd: string): Promise<string> {
  const path = resolve(cwd, name);
  if (existsSync(path)) {
    return basename(path);
  }
  const { SHORT_NAMES } = await import("@caa/llama");
  return SHORT_NAMES[name.toLowerCase()] ?? name.replace(/@[^@]*$/, "");
}
