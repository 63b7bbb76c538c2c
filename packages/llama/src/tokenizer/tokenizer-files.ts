import { CaaError } from "@caa/core";
import { z } from "zod";

/** The largest vocabularies in use have some 260,000 tokens; ids index arrays, so a lying one must not size them. */
const MAX_TOKEN_ID = 4_000_000;

const tokenId = z.int().min(0).max(MAX_TOKEN_ID);

const vocabulary = z.custom<Readonly<Record<string, number>>>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    // A schema of the entries would copy every one of them; these are hundreds of thousands.
    Object.values(value).every((id) => Number.isInteger(id) && id >= 0 && id <= MAX_TOKEN_ID),
  `a vocabulary maps tokens to whole numbers from 0 to ${MAX_TOKEN_ID}`,
);

const merges = z.custom<readonly unknown[]>((value) => Array.isArray(value), "merges are a list");

const component = z.union([z.looseObject({ type: z.string() }), z.null()]).default(null);

/** Of `tokenizer.json`, what must hold before the tokenizer library may read it. */
const tokenizerSchema = z.looseObject({
  model: z.looseObject({ type: z.literal("BPE").default("BPE"), vocab: vocabulary, merges }),
  added_tokens: z
    .array(
      z.looseObject({
        id: tokenId,
        content: z.string().min(1),
        special: z.boolean().default(false),
      }),
    )
    .default([]),
  normalizer: component,
  pre_tokenizer: component,
  post_processor: component,
  decoder: component,
});

// Older files write a token as an object with its text in `content`.
const tokenName = z
  .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
  .nullish();

/** Of `tokenizer_config.json`, what is used. */
const configSchema = z.looseObject({
  bos_token: tokenName,
  eos_token: tokenName,
  unk_token: tokenName,
  pad_token: tokenName,
  sep_token: tokenName,
  cls_token: tokenName,
  mask_token: tokenName,
  chat_template: z
    .union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))])
    .nullish(),
});

export type TokenizerJson = z.infer<typeof tokenizerSchema>;
export type TokenizerConfig = z.infer<typeof configSchema>;

/** @throws {CaaError} `invalid-file` when the shape is not that of a byte-pair tokenizer, with the first fault named */
export function parseTokenizerJson(value: unknown): TokenizerJson {
  return parse("tokenizer.json", tokenizerSchema, value);
}

/** @throws {CaaError} `invalid-file` */
export function parseTokenizerConfig(value: unknown): TokenizerConfig {
  return parse("tokenizer_config.json", configSchema, value);
}

/** The only template, or the one named `default`, or null. */
export function defaultChatTemplate({ chat_template: template }: TokenizerConfig): string | null {
  const text = Array.isArray(template)
    ? template.find(({ name }) => name === "default")?.template
    : template;
  return text === undefined || text === null || text === "" ? null : text;
}

function parse<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  value: unknown,
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new CaaError(
      "invalid-file",
      `${file}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`,
      {
        cause: result.error,
        facts: { file, field: issue?.path.join(".") },
      },
    );
  }
  return result.data;
}
