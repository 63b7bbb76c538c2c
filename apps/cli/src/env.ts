import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CaaError } from "@caa/core";
import { parse } from "dotenv";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables whose values never reach the screen. */
const SECRETS = ["HF_TOKEN", "OPEN_AI_KEY", "OPENAI_API_KEY", "SECOND_JUDGE_KEY"] as const;

/**
 * The environment with what the file `.env` of a folder adds. What is set outside wins; empty values count as not set.
 * @throws {CaaError} io when the file is there and cannot be read
 */
export async function loadEnvironment(outside: Environment, cwd: string): Promise<Environment> {
  const path = join(cwd, ".env");
  let text = "";
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) {
      const message = `${path}: expected a readable file, got: ${String(cause)}`;
      throw new CaaError("io", message, { cause, facts: { path } });
    }
  }
  const set = Object.entries(outside).filter(([, value]) => value !== undefined && value !== "");
  return { ...parse(text), ...Object.fromEntries(set) };
}

/** The value of a variable; undefined when it is not set or empty. */
export function readVariable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === "" ? undefined : value;
}

/** A text in which no secret of the environment stands; short values are no secrets and stay. */
export function hideSecrets(text: string, env: Environment): string {
  return SECRETS.reduce((shown, name) => {
    const secret = readVariable(env, name);
    return secret === undefined || secret.length < 4
      ? shown
      : shown.replaceAll(secret, `<${name}>`);
  }, text);
}
