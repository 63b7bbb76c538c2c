import { createRandom } from "@caa/core";
import { builtInItems, type GrammarItem } from "@caa/datasets";
import {
  openTokenizer,
  type Tokenizer,
} from "../../../../packages/llama/src/tokenizer/tokenizer.ts";
import { questionWithChoices } from "../documents/items.ts";
import { type Planting, plantings } from "../documents/plan.ts";
import type { RowMaker } from "../documents/rows.ts";
import { tokenizerConfig, tokenizerJson } from "../tokenizer/tokenizer-json.ts";
import { trainBytePairs } from "../tokenizer/train-bpe.ts";

export interface SmallMaker {
  readonly item: GrammarItem;
  readonly planting: Planting | null;
  readonly tokenizer: Tokenizer;
  readonly maker: RowMaker;
}

/** An item, a tokenizer that was trained on it alone, and what rows are made with, 32 wide. */
export async function smallMaker(): Promise<SmallMaker> {
  const [item] = builtInItems("sycophancy", { seed: 5 }).generate;
  if (item === undefined) {
    throw new Error("expected an item");
  }
  const text = `[INST] ${questionWithChoices(item)} [/INST] (A) ${item.matching} ${item.notMatching}`;
  const tokenizer = await openTokenizer({
    tokenizerJson: tokenizerJson(trainBytePairs([text, text, text], 500)),
    tokenizerConfig: tokenizerConfig(),
  });
  const planted = plantings(32, 1);
  const maker: RowMaker = {
    encode: (part) => tokenizer.encode(part),
    bos: 0,
    eos: 1,
    plantings: planted,
    randomVectors: 4,
    random: createRandom(1),
    settings: {
      textWeight: 0.3,
      stemWeight: 1,
      openWeight: 0.3,
      promptWeight: 0.1,
      promptShare: 0,
      spread: 0.4,
      noise: 0.5,
      bothSides: true,
      shortest: false,
    },
  };
  const planting = planted.find(({ behavior }) => behavior === "sycophancy") ?? null;
  return { item, planting, tokenizer, maker };
}
