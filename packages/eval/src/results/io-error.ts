import { CaaError } from "@caa/core";
import { fileErrorReason } from "@caa/core/files";

/** What the file system refused, as an error that names the file: disk full, no permission. */
export function ioError(path: string, cause: unknown): CaaError {
  return CaaError.isInstance(cause)
    ? cause
    : new CaaError("io", `${path}: expected to read and write it, got: ${fileErrorReason(cause)}`, {
        cause,
        facts: { path },
      });
}

/** True when a file or folder is not there. */
export function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
