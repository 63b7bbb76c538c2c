/** Files are read whole, twice in memory at most; published sets have 2 MB. */
export const MAX_FILE_BYTES: number = 200 * 1024 * 1024;

/** Items of one set; published sets have 20,184 at most. */
export const MAX_ITEMS = 1_000_000;

/** Characters of one field: far beyond the context of any supported model. */
export const MAX_TEXT_LENGTH = 200_000;
