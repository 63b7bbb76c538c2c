import type { CaaErrorCode } from "@caa/core";

/** What the process ends with. */
export const EXIT = {
  ok: 0,
  /** Something that should not happen, or that the user cannot put right by other arguments. */
  unexpected: 1,
  /** Wrong usage or invalid input. */
  usage: 2,
  /** There was nothing to do. */
  empty: 3,
  /** The work was done, and what it was done for was not found. */
  none: 4,
  /** Ctrl-C, as shells expect it: 128 + SIGINT. */
  interrupted: 130,
} as const;

/** The exit code of an error that was thrown on purpose. */
export function exitCodeOf(code: CaaErrorCode): number {
  switch (code) {
    case "aborted":
      return EXIT.interrupted;
    case "empty-selection":
      return EXIT.empty;
    case "io":
    case "download-failed":
    case "request-failed":
    case "device":
      return EXIT.unexpected;
    default:
      return EXIT.usage;
  }
}
