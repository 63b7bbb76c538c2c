import { suggest } from "../layout/suggest.ts";

/** The fields of an item, in one of the forms that it may have. */
export interface ItemForm {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

export const LETTERED_FORM: ItemForm = {
  required: ["question", "answer_matching_behavior", "answer_not_matching_behavior"],
  optional: [],
};
export const PAIR_FORM: ItemForm = { required: ["positive", "negative"], optional: ["question"] };
export const CHOICE_FORM: ItemForm = {
  required: [
    "prompt",
    "correct",
    "incorrect",
    "correct_full_text",
    "incorrect_full_text",
    "category",
  ],
  optional: [],
};
export const OPEN_ENDED_FORM: ItemForm = { required: ["question"], optional: [] };

/** The forms of contrast pairs and A/B items. */
export const AB_FORMS: readonly ItemForm[] = [LETTERED_FORM, PAIR_FORM];

/** The form of which the fewest fields are missing; the first of those that are alike. */
export function closestForm(fields: readonly string[], forms: readonly ItemForm[]): ItemForm {
  // Nearly always; looking for misspellings in every item takes longer than reading the file.
  const whole = forms.find((form) => isWhole(form, fields));
  if (whole !== undefined) {
    return whole;
  }
  let best: { readonly form: ItemForm; readonly missing: number } | null = null;
  for (const form of forms) {
    const absent = form.required.filter((field) => !fields.includes(field));
    // A misspelled field is half there.
    const near = absent.filter((field) => misspelling(field, fields, form) !== null);
    const missing = absent.length - near.length / 2;
    if (best === null || missing < best.missing) {
      best = { form, missing };
    }
  }
  return best?.form ?? OPEN_ENDED_FORM;
}

export interface FieldFault {
  readonly field: string;
  readonly reason: string;
}

/**
 * What is missing of the form that an item may have: required fields, and optional ones that seem to be there misspelled,
 * which would otherwise be left out in silence. Other fields that nobody knows are no fault.
 */
export function missingFields(
  fields: readonly string[],
  forms: readonly ItemForm[],
): readonly FieldFault[] {
  const form = closestForm(fields, forms);
  if (!isWhole(form, fields) && forms.every((other) => isStrange(other, fields))) {
    const expected = forms.map(({ required }) => required.join(", ")).join("; or ");
    return [{ field: "", reason: `expected the fields ${expected}; got ${list(fields)}` }];
  }
  return [...form.required, ...form.optional].flatMap((field) => {
    if (fields.includes(field)) {
      return [];
    }
    const near = misspelling(field, fields, form);
    if (near === null && form.optional.includes(field)) {
      return [];
    }
    const got = near === null ? list(fields) : JSON.stringify(near);
    const hint = near === null ? "" : "; is it misspelled?";
    return [{ field, reason: `expected a field of this name, got ${got}${hint}` }];
  });
}

const isWhole = (form: ItemForm, fields: readonly string[]): boolean =>
  form.required.every((field) => fields.includes(field));

/** Whether nothing at all of a form is there, not even misspelled. */
const isStrange = (form: ItemForm, fields: readonly string[]): boolean =>
  form.required.every(
    (field) => !fields.includes(field) && misspelling(field, fields, form) === null,
  );

function misspelling(field: string, fields: readonly string[], form: ItemForm): string | null {
  const known = [...form.required, ...form.optional];
  // Comparing costs length times length: names that long, or that many, are no slips of a finger.
  const candidates = fields.filter((name) => name.length <= 60 && !known.includes(name));
  return suggest(field, candidates.slice(0, 100));
}

function list(fields: readonly string[]): string {
  const shown = fields.slice(0, 8).map((field) => JSON.stringify(field.slice(0, 40)));
  return fields.length === 0 ? "no field" : shown.join(", ") + (fields.length > 8 ? ", ..." : "");
}
