import { builtInItems } from "../built-in/built-in-items.ts";

/** Our own open-ended questions for sycophancy, always the same: they are a test set, not a draw. */
export function sycophancyQuestions(): readonly string[] {
  return builtInItems("sycophancy")["test-open-ended"].map(({ stem }) => stem);
}
