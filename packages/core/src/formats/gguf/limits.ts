// What a header may ask for. Each is far above what real models have; a file beyond one is damaged or hostile, and these
// bound the memory and time that it can cost.

/** Real files have some 30 to 60 metadata entries. */
export const MAX_METADATA_ENTRIES = 4096;
/** Keys and tensor names; the format recommends 64 for tensors. */
export const MAX_NAME_BYTES = 1024;
/** One string; chat templates, the longest in real files, have some 10 KB. */
export const MAX_STRING_BYTES = 4 * 1024 * 1024;
/** Entries of one array; the largest vocabularies have some 260,000 tokens and as many merges. */
export const MAX_ARRAY_LENGTH = 4_000_000;
/** Arrays of arrays occur in no known model. */
export const MAX_ARRAY_DEPTH = 2;
/** Large mixtures of experts have a few thousand. */
export const MAX_TENSORS = 65_536;
/** The format's own bound. */
export const MAX_RANK = 4;
/** The default is 32; larger ones are meant for pages of memory. */
export const MAX_ALIGNMENT = 1024 * 1024;
/**
 * Metadata and tensor descriptions together; a vocabulary of 260,000 with its merges takes some 12 MB. Of a byte in an
 * array a number is made, eight times as large.
 */
export const MAX_HEADER_BYTES = 64 * 1024 * 1024;
