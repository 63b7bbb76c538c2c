/** Files are read whole, twice in memory at most; published sets have 2 MB. Unpacked size, where a file is gzipped. */
export const MAX_FILE_BYTES: number = 64 * 1024 * 1024;

/** Characters of CSV, which is parsed at some 6 MB a second, in one go: more would stand still too long. */
export const MAX_CSV_LENGTH: number = 32 * 1024 * 1024;

/** Items of one set; published sets have 20,184 at most. */
export const MAX_ITEMS = 1_000_000;

/** Characters of one field: far beyond the context of any supported model. */
export const MAX_TEXT_LENGTH = 200_000;
