import type { BehaviorName } from "../behaviors/known-behaviors.ts";
import { builtInFiles } from "../built-in/built-in-files.ts";
import { BEHAVIOR_FILE, type DataKind, PLACES } from "../layout/data-files.ts";
import { checkBehavior } from "./check-behavior.ts";
import type { BehaviorReport } from "./report.ts";

/** As `checkBehavior`, for the sets of the package, as the files that they would be. */
export function checkBuiltInBehavior(name: BehaviorName): Promise<BehaviorReport> {
  const texts = new Map(builtInFiles().map(({ file, text }) => [file, text]));
  const pathOf = (kind: DataKind): string =>
    `${PLACES[kind].folder}/${name}/${PLACES[kind].name}.json`;
  return checkBehavior(
    {
      name,
      origin: "data-folder",
      place: "built-in",
      paths: {
        generate: pathOf("generate"),
        "test-ab": pathOf("test-ab"),
        "test-open-ended": pathOf("test-open-ended"),
      },
      behaviorFile: `${PLACES.generate.folder}/${name}/${BEHAVIOR_FILE}`,
    },
    { read: async (path) => new TextEncoder().encode(texts.get(path) ?? "") },
  );
}
