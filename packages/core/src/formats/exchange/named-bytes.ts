/** A file as it was read. */
export interface NamedBytes {
  /** Without its folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
}
