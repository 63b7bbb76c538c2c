import { z } from "zod";
import { type ChoiceCell, choiceCellSchema } from "./choice-cell.ts";
import { type OpenEndedCell, openEndedCellSchema } from "./open-ended-cell.ts";
import type { CellType } from "./settings.ts";

/** A result of any type: one layer and one multiplier of one test, with every item. */
export type Cell = ChoiceCell | OpenEndedCell;

/** The cells of a type. */
export type CellOf<Type extends CellType> = Type extends "open_ended" ? OpenEndedCell : ChoiceCell;

/** Cells of one file are read whole; 1,000 items have about 1 MB. */
export const MAX_CELL_BYTES: number = 256 * 1024 * 1024;

/** The schema that a file of the type must fit. */
const schemaOf = (type: unknown): z.ZodType<Cell> =>
  type === "open_ended" ? openEndedCellSchema : choiceCellSchema;

/** What a parsed file holds, or what is wrong with it, in words. */
export function parseCell(value: unknown): { readonly cell: Cell } | { readonly problem: string } {
  const head = z.looseObject({ settings: z.looseObject({ type: z.string() }) }).safeParse(value);
  const result = schemaOf(head.data?.settings.type).safeParse(value);
  return result.success
    ? { cell: result.data }
    : { problem: z.prettifyError(result.error).replaceAll("\n", " ").slice(0, 500) };
}
