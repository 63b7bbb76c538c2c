import { CaaError } from "../errors/caa-error.ts";

/** What the common refusals of a file system mean to a user. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EDQUOT: "the quota is used up",
  EISDIR: "it is a folder",
  EMFILE: "too many open files",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is not a folder",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
};

/** What the file system refused, in words. */
export function fileErrorReason(cause: unknown): string {
  const code = errorCode(cause);
  return (
    (code === undefined ? undefined : reasons[code]) ??
    (cause instanceof Error ? cause.message : String(cause))
  );
}

/** The code of a Node file system error, such as `ENOENT`. */
export function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined;
}

/** What the file system refused, as an `io` error of this project; errors of this project pass. */
export function ioError(what: string, cause: unknown): CaaError {
  return CaaError.isInstance(cause)
    ? cause
    : new CaaError("io", `${what}: ${fileErrorReason(cause)}`, {
        cause,
        facts: { errno: errorCode(cause) },
      });
}

/** The file system's error as ours, `not-found` or `io`, naming the path; errors of ours pass through. */
export function fileError(action: string, path: string, cause: unknown): CaaError {
  if (CaaError.isInstance(cause)) {
    return cause;
  }
  const code = errorCode(cause);
  return code === "ENOENT"
    ? new CaaError("not-found", `${action} ${path}: there is no such file`, {
        cause,
        facts: { path, errno: code },
      })
    : new CaaError("io", `${action} ${path}: ${fileErrorReason(cause)}`, {
        cause,
        facts: { path, errno: code },
      });
}
