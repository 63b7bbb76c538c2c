import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BehaviorName, builtInAbSet } from "@caa/datasets";
import { phantomFolder } from "@caa/llama/phantom";

/** The names that stand for models in the table: all of them are the embedded one here. */
const MODELS = ["M", "M-base", "M-13b"];

const BEHAVIORS: readonly BehaviorName[] = ["refusal", "sycophancy"];

/** 50 of them are held out, as always. */
const RAW_ITEMS = 60;

/** What the commands find in their working folder: models, and in the place of downloads items of our grammar. */
export async function prepareFolder(cwd: string): Promise<void> {
  for (const name of MODELS) {
    await symlink(phantomFolder(), join(cwd, name), "dir");
  }
  const put = async (path: string, content: unknown): Promise<void> => {
    const full = join(cwd, "datasets/original", path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, JSON.stringify(content));
  };
  for (const behavior of BEHAVIORS) {
    const items = builtInAbSet(behavior, "generate").items.slice(0, RAW_ITEMS);
    await put(
      `raw/${behavior}/dataset.json`,
      items.map(({ question, answer_matching_behavior, answer_not_matching_behavior }) => ({
        question,
        answer_matching_behavior,
        answer_not_matching_behavior,
      })),
    );
  }
  await put("test/mmlu/mmlu.json", choiceItems(["rivers", "sums"]));
  await put("test/truthfulqa/truthful_qa.json", choiceItems(["sayings", "weather"]));
}

/** Two questions a category. */
export function choiceItems(categories: readonly string[]): readonly object[] {
  return categories.flatMap((category) =>
    [0, 1].map((i) => {
      const [correct, incorrect] = i === 0 ? ["A", "B"] : ["B", "A"];
      const right = `${category} ${i} are so`;
      const wrong = `${category} ${i} are not so`;
      const [a, b] = i === 0 ? [right, wrong] : [wrong, right];
      return {
        prompt: `What is known of ${category} ${i}?\n\nChoices:\n(A) ${a}\n(B) ${b}`,
        correct: `(${correct})`,
        incorrect: `(${incorrect})`,
        correct_full_text: right,
        incorrect_full_text: wrong,
        category,
      };
    }),
  );
}
