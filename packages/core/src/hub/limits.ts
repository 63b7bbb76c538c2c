/** When a transfer counts as dead; all of it is counted anew for every try. */
export interface TransferLimits {
  /** A server that says nothing for so long, before or within an answer, is given up. */
  readonly idleMs: number;
  /** The rate is looked at over spans of this length ... */
  readonly windowMs: number;
  /** ... and must bring this much in each: a trickle would hold the caller for hours. */
  readonly minBytesPerWindow: number;
}

/** A minute without a byte, or less than one kilobyte a second over a minute. */
export const TRANSFER_LIMITS: TransferLimits = {
  idleMs: 60_000,
  windowMs: 60_000,
  minBytesPerWindow: 64 * 1024,
};

/** How often one request, or the rest of one file, is tried again before it is given up. */
export const MAX_ATTEMPTS = 5;

/** A server that asks for a longer wait than this is not waited for: the user is told instead. */
export const MAX_RETRY_AFTER_MS = 120_000;

/** Facts and lists of files; the list of the largest repositories takes a few megabytes a page. */
export const MAX_ANSWER_BYTES: number = 32 * 1024 * 1024;
