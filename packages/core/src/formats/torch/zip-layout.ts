/** Marks and sizes of the parts of a ZIP archive (PKWARE, APPNOTE.TXT 4.3). */
export const FILE_HEADER = 0x04034b50;
export const FILE_HEADER_BYTES = 30;
export const DIRECTORY_ENTRY = 0x02014b50;
export const END64 = 0x06064b50;
export const END64_BYTES = 56;
export const LOCATOR64 = 0x07064b50;
export const LOCATOR64_BYTES = 20;
export const END = 0x06054b50;
export const END_BYTES = 22;

/** Stands in a 16- or 32-bit field whose value is in the 64-bit record. */
export const IN_64_BITS_16 = 0xffff;
export const IN_64_BITS_32 = 0xffffffff;

/** Sizes and CRC-32 follow the data, too. */
export const FLAG_DESCRIPTOR = 0x0008;
/** The name is UTF-8. */
export const FLAG_UTF8 = 0x0800;
/** Compression method: none. */
export const STORED = 0;
