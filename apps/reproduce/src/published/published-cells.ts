import { BEHAVIOR_NAMES } from "@caa/datasets";
import { CHOICE_TABLES } from "./choices.ts";
import { FINE_TUNING_TABLES } from "./fine-tuning.ts";
import { OPEN_ENDED_TABLES } from "./open-ended.ts";
import type { ModelSize, PublishedCell, PublishedTable } from "./table.ts";

/** All tables, in the order in which they are run. */
const TABLES: readonly PublishedTable[] = [
  ...CHOICE_TABLES,
  ...OPEN_ENDED_TABLES,
  ...FINE_TUNING_TABLES,
];

/** The tables of a model. */
export function publishedTables(size: ModelSize): readonly PublishedTable[] {
  return TABLES.filter((table) => table.size === size);
}

/** The figures of a table, by behavior, then multiplier. */
export function cellsOf(table: PublishedTable): readonly PublishedCell[] {
  const { type, systemPrompt = null, trained = null, steeredOtherwise = null } = table;
  const { rounding, multipliers, rows } = table;
  const common = { type, systemPrompt, trained, rounding, steeredOtherwise };
  return BEHAVIOR_NAMES.flatMap((behavior) =>
    (rows[behavior] ?? []).flatMap((value, column) => {
      const multiplier = multipliers[column];
      return multiplier === undefined ? [] : [{ ...common, behavior, multiplier, value }];
    }),
  );
}
