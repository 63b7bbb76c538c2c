import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where this project keeps what it can make again: `$CAA_CACHE`, else `$XDG_CACHE_HOME/caa`, else `~/.cache/caa`. */
export function cacheDirectory(env: Environment): string {
  return env["CAA_CACHE"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "caa");
}
