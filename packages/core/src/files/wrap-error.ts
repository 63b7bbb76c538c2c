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
  const code = codeOf(cause);
  return (
    (code === undefined ? undefined : reasons[code]) ??
    (cause instanceof Error ? cause.message : String(cause))
  );
}

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined;

/** The file system's error as ours, `not-found` or `io`, naming the path; errors of ours pass through. */
export function fileError(action: string, path: string, cause: unknown): CaaError {
  if (CaaError.isInstance(cause)) {
    return cause;
  }
  const code = codeOf(cause);
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
