import { CaaError } from "@caa/core";
import { BEHAVIOR_NAMES, type BehaviorName } from "@caa/datasets";
import { readItems } from "../../../cli/src/eval/items.ts";
import { readSets } from "../../../cli/src/read-sets.ts";
import type { ReproduceOptions } from "../plan/options.ts";
import { chosenTables } from "../plan/plan-runs.ts";
import { type ItemKind, publishedItems } from "../published/items.ts";
import { type AskedItem, hashItems } from "./hash-items.ts";

/**
 * Which of the items that a run takes are not the published ones, such as `ab of refusal`. Data that cannot be read is left
 * to the command that needs it and says what is wrong.
 */
export async function findOtherItems(
  options: ReproduceOptions,
  cwd: string,
): Promise<readonly string[]> {
  const other = new Set<string>();
  for (const [kind, behavior] of neededItems(options)) {
    const items = await readOrNull(kind, behavior, options.data, cwd);
    if (items !== null && hashItems(items) !== publishedItems(kind, behavior)) {
      other.add(kind === "mmlu" || kind === "truthful_qa" ? kind : `${kind} of ${behavior}`);
    }
  }
  return [...other];
}

function neededItems(
  options: ReproduceOptions,
): ReadonlyArray<readonly [kind: ItemKind, behavior: BehaviorName]> {
  // Steered figures hang on the pairs of all seven, since the norm is over them.
  const pairs = options.originalVectors === null || options.fineTuning ? BEHAVIOR_NAMES : [];
  const tests = options.tests.flatMap((type) => {
    const tables = chosenTables(options).filter((table) => table.type === type);
    return options.behaviors
      .filter((name) => tables.some(({ rows }) => rows[name] !== undefined))
      .map((name) => [type, name] as const);
  });
  return [...pairs.map((name) => ["generate", name] as const), ...tests];
}

async function readOrNull(
  kind: ItemKind,
  behavior: BehaviorName,
  data: string,
  cwd: string,
): Promise<readonly AskedItem[] | null> {
  const asked = { data, behaviors: [behavior], vectors: "" };
  const outside = { cwd, stderr: { write: () => true } };
  try {
    const [set] =
      kind === "generate"
        ? await readSets("generate", asked, outside)
        : (await readItems(kind, asked, outside)).map(({ set: items }) => items);
    return set?.items ?? null;
  } catch (error) {
    if (CaaError.isInstance(error)) {
      return null;
    }
    throw error;
  }
}
