import { CaaError } from "../../errors/caa-error.ts";

/** A file that is not what it claims to be. */
export function invalidGguf(
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
): CaaError {
  return new CaaError("invalid-file", `GGUF: ${message}`, { facts });
}

/** A file that is sound and asks for something that this project does not compute. */
export function unsupportedGguf(
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
): CaaError {
  return new CaaError("unsupported", `GGUF: ${message}`, { facts });
}
