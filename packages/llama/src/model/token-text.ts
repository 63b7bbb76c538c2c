import type { Tokenizer } from "../tokenizer/tokenizer.ts";

/** A token as text to read; `<32001>` where the model's vocabulary goes beyond its tokenizer's. */
export function tokenText(tokenizer: Pick<Tokenizer, "has" | "token">, id: number): string {
  return tokenizer.has(id) ? tokenizer.token(id) : `<${id}>`;
}
