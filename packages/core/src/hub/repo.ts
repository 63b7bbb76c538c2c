/** A repository of the hub at a revision. */
export interface HubRepo {
  readonly type: "model" | "dataset";
  /** `organization/name` */
  readonly id: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

/** A commit of a git repository, in full. */
export const COMMIT: RegExp = /^[0-9a-f]{40}$/;

// Parts become folder names of the cache: none may begin with a dot, and `--` and `..` are not allowed by the hub either.
const PART = /^(?!.*(?:--|\.\.))[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}$/;
const REVISION = /^(?!.*(?:\.\.|\/\/))[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}(?<![./])$/;

/** Whether a text has the form `organization/name`. */
export function isRepoId(text: string): boolean {
  const parts = text.split("/");
  return parts.length === 2 && parts.every((part) => PART.test(part));
}

/** Whether a text can name a branch, a tag or a commit. */
export function isRevision(text: string): boolean {
  return REVISION.test(text);
}

/** What users call it. */
export function kindOf({ type }: HubRepo): "model" | "data set" {
  return type === "model" ? "model" : "data set";
}

/** Where it lies below the hub's address: models are at the top. */
export function pathOf({ type, id }: HubRepo): string {
  return type === "model" ? id : `datasets/${id}`;
}
