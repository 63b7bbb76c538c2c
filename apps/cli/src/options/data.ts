import { isBehaviorPath } from "@caa/datasets";
import { collectNames } from "./names.ts";

/** Of `--data`. */
export const DATA_HELP =
  "data folder with generate/ and test/ (default: datasets where it is one, else the built-in sets)";

/** Of `--behaviors`. */
export const BEHAVIORS_HELP =
  "names in the data folder, or paths of folders or of JSON, JSONL or CSV files (default: all in the data folder)";

/** For commander: behaviors, as `collectNames`; a path is taken whole, since it may hold blanks and commas. */
export function collectBehaviors(
  value: string,
  previous: readonly string[] = [],
): readonly string[] {
  return isBehaviorPath(value) ? [...new Set([...previous, value])] : collectNames(value, previous);
}
