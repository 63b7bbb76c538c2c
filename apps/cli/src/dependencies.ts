import type { SteerableModel } from "@caa/core";

/** Where text goes; `process.stdout` and `process.stderr` fit. */
export interface TextSink {
  write(text: string): unknown;
}

/** How a model is opened; every field has a default of the model's package. */
export interface OpenModelOptions {
  readonly device?: "auto" | "cpu" | "cuda";
  readonly dtype?: "float32" | "q8" | "q4";
  readonly promptStyle?: "llama2-chat" | "llama2-base" | "template";
  /** Where llama2-chat puts the system block. */
  readonly systemPosition?: "before" | "inside";
  readonly threads?: number;
  readonly token?: string;
  readonly onProgress?: (event: {
    readonly stage: string;
    readonly done: number;
    readonly total: number;
  }) => void;
  readonly signal?: AbortSignal;
}

export type OpenModel = (nameOrPath: string, options: OpenModelOptions) => Promise<SteerableModel>;

/** All that the command knows of the outside; tests give their own. */
export interface CliDependencies {
  readonly openModel: OpenModel;
  /** Results, and nothing else. */
  readonly stdout: TextSink;
  /** Progress, notes, errors. */
  readonly stderr: TextSink;
  /** The environment with what `.env` adds to it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether `stderr` is a terminal, where a line can be written over. */
  readonly isTTY: boolean;
  /** Whether `stdout` shows colors of 24 bits. @default false */
  readonly colors?: boolean;
  /** Milliseconds from any fixed moment. */
  readonly now: () => number;
  /** Fires on the first Ctrl-C. */
  readonly signal: AbortSignal;
}
