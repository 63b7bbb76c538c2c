import { CaaError } from "@caa/core";
import { type HubRepo, isRepoId, isRevision } from "@caa/core/hub";

/** Names for the models of the original experiments; all four are gated. */
export const SHORT_NAMES: Readonly<Record<string, string>> = {
  "llama-2-7b": "meta-llama/Llama-2-7b-hf",
  "llama-2-7b-chat": "meta-llama/Llama-2-7b-chat-hf",
  "llama-2-13b": "meta-llama/Llama-2-13b-hf",
  "llama-2-13b-chat": "meta-llama/Llama-2-13b-chat-hf",
};

const DEFAULT_REVISION = "main";

/** `organization/name`, a short name, either with `@revision`; `undefined` when the text is no hub id. */
export function parseModelId(text: string, revision?: string): HubRepo | undefined {
  const [name = "", written, ...rest] = text.split("@");
  const id = Object.hasOwn(SHORT_NAMES, name.toLowerCase())
    ? (SHORT_NAMES[name.toLowerCase()] ?? name)
    : name;
  if (rest.length > 0 || !isRepoId(id)) {
    return undefined;
  }
  if (written !== undefined && revision !== undefined && written !== revision) {
    throw new CaaError(
      "invalid-argument",
      `model "${text}": expected one revision, got "${written}" and "${revision}"`,
    );
  }
  const chosen = written ?? revision ?? DEFAULT_REVISION;
  if (!isRevision(chosen)) {
    throw new CaaError(
      "invalid-argument",
      `model "${text}": expected a branch, tag or commit, got "${chosen}"`,
    );
  }
  return { type: "model", id, revision: chosen };
}

/** What a mistyped name may have meant, among short names, their hub ids and `others`. */
export function suggestName(text: string, others: readonly string[] = []): string | undefined {
  const wanted = text.toLowerCase().slice(0, 200);
  const limit = Math.min(3, Math.floor(wanted.length / 3));
  const candidates = [...Object.entries(SHORT_NAMES).flat(), ...others];
  const [best] = candidates
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return best?.name;
}

/** The number of insertions, deletions, replacements and swaps of neighbors that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (beforeLast[j - 2] ?? 0) + 1
          : replaced;
      row.push(Math.min(replaced, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
