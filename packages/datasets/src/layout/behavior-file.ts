import { CaaError } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import { type Behavior, behaviorSchema } from "../behaviors/behavior.ts";
import { tryDecode } from "../read/decode.ts";
import { parseJson } from "../read/parse-json.ts";
import { type Problem, problemError } from "../read/problem.ts";
import type { BehaviorFiles } from "./behavior-files.ts";

/** A few paragraphs. */
const MAX_BEHAVIOR_BYTES = 1024 * 1024;

/** What a `behavior.json` says. @throws {CaaError} invalid-file, invalid-data with the field; not-found, io */
export async function readBehaviorFile(path: string): Promise<Behavior> {
  const parsed = parseBehavior(await readFileLimited(path, MAX_BEHAVIOR_BYTES), path);
  if ("behavior" in parsed) {
    return parsed.behavior;
  }
  throw problemError(parsed.problems[0]);
}

type ParsedBehavior =
  | { readonly behavior: Behavior }
  | { readonly problems: readonly [Problem, ...Problem[]] };

/** The content of a `behavior.json`, or all that is wrong with it. */
export function parseBehavior(bytes: Uint8Array, path: string): ParsedBehavior {
  const decoded = tryDecode(bytes, path);
  if ("problem" in decoded) {
    return { problems: [decoded.problem] };
  }
  const parsed = parseJson(decoded.text, path, "a JSON object");
  if ("problem" in parsed) {
    return { problems: [{ ...parsed.problem, item: null }] };
  }
  const result = behaviorSchema.safeParse(parsed.value);
  if (result.success) {
    return { behavior: result.data };
  }
  const place = { code: "invalid-data", path, item: null, line: null } as const;
  const [first, ...rest] = result.error.issues.map((issue): Problem => ({
    ...place,
    field: issue.path.join("."),
    reason: issue.message,
  }));
  return { problems: [first ?? { ...place, field: "", reason: "expected a behavior" }, ...rest] };
}

/**
 * The name under which vectors and results of a behavior are kept: what its `behavior.json` says, else that of its
 * folder or file. In a data folder the folder's name holds in any case: it is how the behavior was asked for.
 * @throws {CaaError} invalid-data when there is none; as `readBehaviorFile`
 */
export async function nameBehavior(files: BehaviorFiles): Promise<string> {
  const { origin, behaviorFile } = files;
  const name =
    origin === "data-folder" || behaviorFile === null
      ? files.name
      : (await readBehaviorFile(behaviorFile)).name;
  if (name === "") {
    const message = `${files.place}: expected a name with letters or digits, got none; behavior.json may give one`;
    throw new CaaError("invalid-data", message, { facts: { path: files.place } });
  }
  return name;
}
