/** Where originals lie when `--out` is not given. */
export const ORIGINALS = "datasets/original";

/** For commands that take names of data sets. */
export const SET_NAMES_HELP = "names of data sets (default: all)";
