/** A pickle of 10,000 tensors takes about 2 MB; work and memory grow with its bytes. */
export const MAX_PICKLE_BYTES: number = 4 * 1024 * 1024;
/** Values on the stack at once: the pickler writes lists and dicts in lots of 1,000. */
export const MAX_STACK = 20_000;
/** Values kept for later use; a tensor takes up to ten. */
export const MAX_MEMO = 200_000;
/** Bytes of a whole number: the file's magic number, its longest, has 10. */
export const MAX_LONG_BYTES = 10;
/** Bytes of a module's or a function's name. */
export const MAX_GLOBAL_BYTES = 256;
/** Characters of a key in a dict. */
export const MAX_KEY_LENGTH = 256;
/** Dicts, lists and tuples within each other. */
export const MAX_DEPTH = 16;
/** Tensors, containers and other values, each counted as often as it is named: lists of one list grow by powers. */
export const MAX_NODES = 10_000;
/** Dimensions of a tensor, as in our safetensors. */
export const MAX_RANK = 8;
/** Values of all tensors together: 512 MB in float64. */
export const MAX_VALUES: number = 2 ** 26;
/** Values for each byte of the file, as views of one storage may overlap and `expand` repeats without bytes of its own ... */
export const MAX_VALUES_PER_BYTE = 8;
/** ... but so many, 8 MB in float64, from a file of any size: one row may be expanded. */
export const MIN_VALUES: number = 2 ** 20;
/** Files of an archive: a storage each, and a few more. */
export const MAX_RECORDS = 20_000;
/** Bytes of the name of a file of an archive. */
export const MAX_RECORD_NAME_BYTES = 1024;
