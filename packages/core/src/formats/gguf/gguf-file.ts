/** What is read of a file: a `FileHandle` of Node fits. */
export interface GgufFile {
  stat(): Promise<{ readonly size: number }>;
  /** Fills `buffer` from `offset` on with at most `length` bytes from `position` in the file; 0 at its end. */
  read(
    buffer: Uint8Array<ArrayBuffer>,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** A file that is in memory. */
export function ggufBytes(bytes: Uint8Array): GgufFile {
  return {
    stat: async () => ({ size: bytes.length }),
    read: async (buffer, offset, length, position) => {
      const part = bytes.subarray(position, position + length);
      buffer.set(part, offset);
      return { bytesRead: part.length };
    },
  };
}
