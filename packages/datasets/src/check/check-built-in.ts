import { type BehaviorName, directedBehavior } from "../behaviors/known-behaviors.ts";
import { builtInItems } from "../built-in/built-in-items.ts";
import { setFile } from "../built-in/built-in-sets.ts";
import { BEHAVIOR_FILE } from "../layout/data-files.ts";
import { checkBehavior } from "./check-behavior.ts";
import type { BehaviorReport } from "./report.ts";

/** As `checkBehavior`, for the sets of the package, as the files that they would be. */
export function checkBuiltInBehavior(name: BehaviorName): Promise<BehaviorReport> {
  const items = builtInItems(name);
  const generate = setFile(name, "generate", items.generate);
  const test = setFile(name, "test-ab", items["test-ab"]);
  const openEnded = setFile(name, "test-open-ended", items["test-open-ended"]);
  const behavior = {
    file: BEHAVIOR_FILE,
    text: JSON.stringify(directedBehavior(name, "as-named")),
  };
  const texts = new Map(
    [generate, test, openEnded, behavior].map(({ file, text }) => [file, text]),
  );
  return checkBehavior(
    {
      name,
      origin: "data-folder",
      place: "built-in",
      paths: { generate: generate.file, "test-ab": test.file, "test-open-ended": openEnded.file },
      behaviorFile: behavior.file,
    },
    { read: async (path) => new TextEncoder().encode(texts.get(path) ?? "") },
  );
}
