/** What went wrong, as a stable word that programs may compare. */
export type CaaErrorCode =
  | "invalid-argument" // a value outside what the function takes
  | "shape-mismatch" // sizes that do not fit each other
  | "invalid-file" // a file that is not what it claims to be
  | "invalid-data" // a data set item that breaks its schema
  | "not-found" // a file, tensor, behavior or vector that is not there
  | "unsupported" // a known thing that this project does not do
  | "empty-selection" // nothing would be steered, read or measured
  | "marker-not-found" // the end of the instruction is not in the tokens
  | "context-length" // a prompt longer than the model's context
  | "incompatible-vector" // a vector made on another model
  | "download-failed" // the hub did not give the file
  | "request-failed" // a server did not answer, or not with what was asked for
  | "access-denied" // gated or private: a token or an agreement is missing
  | "io" // the file system refused: disk full, no permission
  | "device" // the execution device is not usable here
  | "aborted"; // stopped by the caller

/** Everything that this project throws on purpose. `facts` are small values for programs and logs; never secrets. */
export class CaaError extends Error {
  readonly code: CaaErrorCode;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Marks errors of every installed copy of this package. */
  readonly isCaaError = true;

  constructor(
    code: CaaErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly facts?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CaaError";
    this.code = code;
    this.facts = options.facts ?? {};
  }

  /** True for errors of any installed copy of this package, where `instanceof` would miss. */
  static isInstance(value: unknown): value is CaaError {
    return (
      typeof value === "object" &&
      value !== null &&
      "isCaaError" in value &&
      value.isCaaError === true
    );
  }
}

/** Throws `aborted` when the signal has fired. Call it between units of work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new CaaError("aborted", "stopped by the caller", { cause: signal.reason });
  }
}
