import { CaaError } from "../../errors/caa-error.ts";

/** The error for what is broken, or no file of PyTorch at all. */
export function broken(message: string): CaaError {
  return new CaaError("invalid-file", `PyTorch file: ${message}`);
}

/** The error for what may stand in such files and is not read here. */
export function refused(message: string): CaaError {
  return new CaaError("unsupported", `PyTorch file: ${message}`);
}

const SHOWN_LENGTH = 80;

/** A text of the file for a message: quoted, without control characters, of bounded length. */
export function shown(text: string): string {
  const short = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
  return JSON.stringify(short).replace(
    /[^\u0020-\u007e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
