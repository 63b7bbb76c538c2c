import { createHash } from "node:crypto";
import { formatPlanEntry, type PlanEntry, type ReadText } from "@caa/core";

/** What tells one look into a model from another, as settings of a file name. */
export function insideSettings(
  model: string,
  text: ReadText,
  entries: readonly PlanEntry[],
): Readonly<Record<string, string>> {
  const { user, system = null, answer = null } = text;
  const hash = createHash("sha256").update(JSON.stringify([system, user, answer]), "utf8");
  const words = user
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 30)
    .replaceAll(/^-|-$/g, "");
  return {
    model,
    prompt: `${words}-${hash.digest("hex").slice(0, 8)}`,
    ...(entries.length === 0 ? {} : { steer: planText(entries).replaceAll(", ", "+") }),
  };
}

/** A plan in one line. */
export function planText(entries: readonly PlanEntry[]): string {
  return entries.map((entry) => formatPlanEntry(entry)).join(", ");
}
