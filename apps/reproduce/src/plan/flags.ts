/** A value behind an option: several words, one, none (`true`), or no option at all. */
export type FlagValue = readonly (string | number)[] | string | number | true | null | undefined;

/** Options as a command line has them: `{ layers: [13], json: true }` as `--layers 13 --json`. */
export function flags(options: Readonly<Record<string, FlagValue>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === null || value === undefined) {
      return [];
    }
    const words = value === true ? [] : typeof value === "object" ? value : [value];
    return [`--${name}`, ...words.map(String)];
  });
}
