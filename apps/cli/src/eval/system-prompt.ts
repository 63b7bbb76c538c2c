import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import {
  type Behavior,
  directedBehavior,
  findBehaviorAt,
  findNamedBehavior,
  isBehaviorPath,
  isDataRoot,
  nameBehavior,
  parseBehaviorName,
  PUBLISHED_DIRECTION,
  readBehaviorFile,
} from "@caa/datasets";
import type { CliDependencies } from "../dependencies.ts";
import { type SetsOptions, USUAL_DATA } from "../read-sets.ts";

interface PromptOptions extends SetsOptions {
  readonly system?: string;
  readonly systemPrompt?: "pos" | "neg";
}

/** @throws {CaaError} invalid-argument when two system prompts are asked for */
export function checkPrompts({ system, systemPrompt }: PromptOptions): void {
  if (system !== undefined && systemPrompt !== undefined) {
    const message = `--system: expected no --system-prompt beside it, got ${systemPrompt}`;
    throw new CaaError("invalid-argument", message);
  }
}

/** The system prompt of every item of a behavior; undefined for none. @throws {CaaError} as `behaviorPrompt` */
export async function promptOf(
  behavior: string,
  options: PromptOptions,
  outside: Pick<CliDependencies, "cwd" | "stderr">,
): Promise<string | undefined> {
  return options.systemPrompt === undefined
    ? options.system
    : await behaviorPrompt(behavior, options.systemPrompt, options, outside);
}

/**
 * The behavior's own system prompt: `pos` asks for what the matching answers of its data show, `neg` for the opposite.
 * @throws {CaaError} not-found when nothing gives it
 */
async function behaviorPrompt(
  behavior: string,
  which: "pos" | "neg",
  options: SetsOptions,
  outside: Pick<CliDependencies, "cwd" | "stderr">,
): Promise<string> {
  const prompts = (await describedBehavior(behavior, options, outside)).systemPrompts;
  if (prompts === undefined) {
    const message = `--system-prompt ${which}: expected systemPrompts in the behavior.json of ${behavior}, got none; --system takes any text`;
    throw new CaaError("not-found", message, { facts: { behavior } });
  }
  return which === "pos" ? prompts.positive : prompts.negative;
}

async function describedBehavior(
  behavior: string,
  options: SetsOptions,
  { cwd, stderr }: Pick<CliDependencies, "cwd" | "stderr">,
): Promise<Behavior> {
  const root = resolve(cwd, options.data ?? USUAL_DATA);
  const there = options.data !== undefined || (await isDataRoot(root));
  const paths = (options.behaviors ?? []).filter(isBehaviorPath);
  for (const path of paths) {
    const files = await findBehaviorAt(resolve(cwd, path));
    if ((await nameBehavior(files)) === behavior) {
      return await fromFile(files.behaviorFile, behavior);
    }
  }
  if (!there) {
    return directedBehavior(parseBehaviorName(behavior), "as-named"); // as the built-in sets are
  }
  const { behaviorFile } = await findNamedBehavior(root, behavior);
  if (behaviorFile !== null) {
    return await readBehaviorFile(behaviorFile);
  }
  const name = parseBehaviorName(behavior);
  const direction = PUBLISHED_DIRECTION[name] ?? "as-named";
  stderr.write(
    `note: ${behavior} has no behavior.json in ${root}; its system prompts are those of the published data, whose matching answers point ${direction}\n`,
  );
  return directedBehavior(name, direction);
}

async function fromFile(path: string | null, behavior: string): Promise<Behavior> {
  if (path === null) {
    const message = `--system-prompt: expected a behavior.json beside the files of ${behavior}, got none; --system takes any text`;
    throw new CaaError("not-found", message, { facts: { behavior } });
  }
  return await readBehaviorFile(path);
}
