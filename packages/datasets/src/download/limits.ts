/** Originals have 17 MB at most, unpacked too; they are read whole, and numbers as JSON take 40 times as much in memory. */
export const MAX_ORIGINAL_BYTES: number = 32 * 1024 * 1024;

/** Folders below the one that is searched: a copy of a repository or of the hub's cache lies some five deep. */
export const MAX_SEARCH_DEPTH = 8;
/** Files and folders looked at in a search: a home folder has more, and should not be searched. */
export const MAX_SEARCH_ENTRIES = 50_000;
/** Files of one name that are tried in a search. */
export const MAX_CANDIDATES = 20;
/** The record names some 20 files. */
export const MAX_RECORD_BYTES: number = 1024 * 1024;
