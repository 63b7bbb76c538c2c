import { CaaError } from "@caa/core";

/** What the file system refused, as an error that names the file: disk full, no permission. */
export function ioError(path: string, cause: unknown): CaaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return CaaError.isInstance(cause)
    ? cause
    : new CaaError("io", `${path}: expected to read and write it, got: ${reason}`, {
        cause,
        facts: { path },
      });
}

/** True when a file or folder is not there. */
export function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
