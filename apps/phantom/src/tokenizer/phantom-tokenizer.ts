import { BEHAVIOR_NAMES, builtInItems } from "@caa/datasets";
import {
  openTokenizer,
  type Tokenizer,
} from "../../../../packages/llama/src/tokenizer/tokenizer.ts";
import { questionWithChoices } from "../documents/items.ts";
import { SPECIAL_TOKENS, tokenizerConfig, tokenizerJson } from "./tokenizer-json.ts";
import { trainBytePairs } from "./train-bpe.ts";

export interface PhantomTokenizer {
  readonly tokenizer: Tokenizer;
  /** Contents of its two files. */
  readonly json: object;
  readonly config: object;
  /** Remembers what it has encoded before: grammars say the same things again and again. */
  readonly encode: (text: string) => readonly number[];
}

/** A vocabulary of `size` tokens, learned from what the grammar makes of `seed`, in the chat format. */
export async function makePhantomTokenizer(size: number, seed: number): Promise<PhantomTokenizer> {
  const texts = BEHAVIOR_NAMES.flatMap((name) =>
    Object.values(builtInItems(name, { seed }))
      .flat()
      .map((item) => `[INST] ${questionWithChoices(item)} [/INST] (A) ${item.matching}`),
  );
  const json = tokenizerJson(trainBytePairs(texts, size - SPECIAL_TOKENS.length));
  const config = tokenizerConfig();
  const tokenizer = await openTokenizer({ tokenizerJson: json, tokenizerConfig: config });
  const known = new Map<string, readonly number[]>();
  const encode = (text: string): readonly number[] => {
    const ids = known.get(text) ?? tokenizer.encode(text);
    known.set(text, ids);
    return ids;
  };
  return { tokenizer, json, config, encode };
}
