import type { z } from "zod";
import { type AbItem, abItemSchema } from "../items/ab-item.ts";
import { type ChoiceItem, choiceItemSchema } from "../items/choice-item.ts";
import {
  AB_FORMS,
  CHOICE_FORM,
  closestForm,
  type FieldFault,
  type ItemForm,
  LETTERED_FORM,
  missingFields,
  OPEN_ENDED_FORM,
  PAIR_FORM,
} from "../items/fields.ts";
import { type OpenEndedItem, openEndedItemSchema } from "../items/open-ended-item.ts";
import {
  drawMatchingFirst,
  NEUTRAL_QUESTION,
  PAIR_LETTERS_SEED,
  plainPairSchema,
  toAbItem,
} from "../items/plain-pair.ts";
import { type DataRecord, type Scan, scanRecords } from "./parse-records.ts";
import type { Problem } from "./problem.ts";

/** An item and the record that it was. */
export interface PlacedItem<Item> {
  readonly item: Item;
  readonly record: DataRecord;
}

/** All that a data file holds, good and bad. */
export interface ParsedItems<Item> {
  /** The good ones, in the order of the file. */
  readonly items: ReadonlyArray<PlacedItem<Item>>;
  /** By item; empty when the file is right. */
  readonly problems: readonly Problem[];
  /** What reading changed, in words. */
  readonly notes: readonly string[];
}

/**
 * Contrast pairs and A/B items, in either form: `{question, answer_matching_behavior, answer_not_matching_behavior}`
 * with letters, or plain `{positive, negative, question?}`, which become two-choice questions.
 */
export function parseAbItems(bytes: Uint8Array, path: string): ParsedItems<AbItem> {
  const scan = scanRecords(bytes, path);
  const header = headerProblems(scan, path, AB_FORMS);
  if (header.length > 0) {
    return { items: [], problems: header, notes: [] };
  }
  const forms = scan.records.map(({ value }) => {
    const fields = fieldsOf(value);
    return fields === null ? LETTERED_FORM : closestForm(fields, AB_FORMS);
  });
  const pairCount = forms.filter((form) => form === PAIR_FORM).length;
  const letters = drawMatchingFirst(pairCount)[Symbol.iterator]();
  let withoutQuestion = 0;
  const { items, problems } = collect(scan, path, (record, index) => {
    if (forms[index] !== PAIR_FORM) {
      return parseValue(record, abItemSchema, AB_FORMS);
    }
    const matchingFirst = letters.next().value ?? true;
    const parsed = parseValue(record, plainPairSchema, AB_FORMS);
    if (!("value" in parsed)) {
      return parsed;
    }
    withoutQuestion += parsed.value.question === null ? 1 : 0;
    return { value: toAbItem(parsed.value, matchingFirst) };
  });
  const notes = [
    ...(pairCount === 0
      ? []
      : [
          `plain pairs became two-choice questions, both texts as choices, letters drawn evenly with seed ${PAIR_LETTERS_SEED} (${pairCount})`,
        ]),
    ...(withoutQuestion === 0
      ? []
      : [`pairs without a question ask ${JSON.stringify(NEUTRAL_QUESTION)} (${withoutQuestion})`]),
  ];
  return { items, problems, notes };
}

/** Open-ended questions, `{question}`. */
export function parseOpenEndedItems(bytes: Uint8Array, path: string): ParsedItems<OpenEndedItem> {
  return parseForm(bytes, path, openEndedItemSchema, OPEN_ENDED_FORM);
}

/** Two-choice items of TruthfulQA and MMLU. */
export function parseChoiceItems(bytes: Uint8Array, path: string): ParsedItems<ChoiceItem> {
  return parseForm(bytes, path, choiceItemSchema, CHOICE_FORM);
}

/** Items of a kind that has one form alone. */
function parseForm<Item>(
  bytes: Uint8Array,
  path: string,
  schema: z.ZodType<Item>,
  form: ItemForm,
): ParsedItems<Item> {
  const scan = scanRecords(bytes, path);
  const header = headerProblems(scan, path, [form]);
  return header.length > 0
    ? { items: [], problems: header, notes: [] }
    : { ...collect(scan, path, (record) => parseValue(record, schema, [form])), notes: [] };
}

/** In CSV the names of the fields are wrong once, in the first row, and not once a row. */
function headerProblems(
  { columns, problems }: Scan,
  path: string,
  forms: readonly ItemForm[],
): readonly Problem[] {
  if (columns === undefined || columns.length === 0) {
    return [];
  }
  const faults = missingFields(columns, forms);
  const separator = faults.length > 0 && columns.length === 1 && /[;\t]/.exec(columns[0] ?? "");
  const place = { code: "invalid-file", path, item: null, line: 1 } as const;
  if (separator) {
    const reason = `expected columns apart by commas, got ${separator[0] === ";" ? "semicolons" : "tabs"}`;
    return [{ ...place, field: "", reason }];
  }
  const twice = problems.filter(({ item, line }) => item === null && line === 1);
  return [...twice, ...faults.map((fault) => ({ ...place, ...fault }))];
}

type Parsed<Value> = { readonly value: Value } | { readonly faults: readonly FieldFault[] };

function collect<Item>(
  { records, problems: syntax }: Scan,
  path: string,
  parse: (record: DataRecord, index: number) => Parsed<Item>,
): Pick<ParsedItems<Item>, "items" | "problems"> {
  const items: PlacedItem<Item>[] = [];
  const problems: Problem[] = [...syntax];
  for (const [i, record] of records.entries()) {
    const parsed = parse(record, i);
    if ("value" in parsed) {
      items.push({ item: parsed.value, record });
    } else {
      const place = { code: "invalid-data", path, item: record.index, line: record.line } as const;
      problems.push(...parsed.faults.map((fault) => ({ ...place, ...fault })));
    }
  }
  return { items, problems: problems.sort((a, b) => (a.item ?? 0) - (b.item ?? 0)) };
}

function parseValue<Value>(
  { value }: DataRecord,
  schema: z.ZodType<Value>,
  forms: readonly ItemForm[],
): Parsed<Value> {
  const fields = fieldsOf(value);
  const missing = fields === null ? [] : missingFields(fields, forms);
  if (missing.length > 0) {
    return { faults: missing };
  }
  const result = schema.safeParse(value);
  if (result.success) {
    return { value: result.data };
  }
  const faults = result.error.issues.map(({ path, message }) => ({
    field: path[0] === undefined ? "" : String(path[0]),
    reason: message,
  }));
  return { faults };
}

/** Names of the fields; null for what has none. */
function fieldsOf(value: unknown): readonly string[] | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.keys(value)
    : null;
}
