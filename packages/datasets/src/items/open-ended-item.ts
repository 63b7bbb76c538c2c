import { z } from "zod";
import { questionSchema } from "./ab-item.ts";

/** A question that the model answers in its own words. */
export interface OpenEndedItem {
  readonly question: string;
}

export const openEndedItemSchema: z.ZodType<OpenEndedItem> = z.object({ question: questionSchema });
