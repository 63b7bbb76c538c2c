import { homedir } from "node:os";
import { join } from "node:path";

/** Hugging Face's standard hub cache, by the variables that its other libraries read too. */
export function hubCacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const home =
    env["HF_HOME"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "huggingface");
  return env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"] || join(home, "hub");
}
