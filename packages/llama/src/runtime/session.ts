import type { InferenceSession, Tensor } from "onnxruntime-node";
import { CaaError } from "@caa/core";
import { disableTelemetry } from "./disable-telemetry.ts";

export type Feed = {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
};

export interface SessionOptions {
  /** @default the runtime's own: one a physical core */
  readonly threads?: number | undefined;
  readonly device: "cpu" | "cuda";
}

/** A loaded graph. `run` blocks the thread while it computes: use it in a worker, or in tests. */
export class GraphSession {
  readonly #session: InferenceSession;
  readonly #tensor: typeof Tensor;
  #released = false;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(session: InferenceSession, tensor: typeof Tensor) {
    this.#session = session;
    this.#tensor = tensor;
  }

  static async create(model: Uint8Array, options: SessionOptions): Promise<GraphSession> {
    disableTelemetry();
    const runtime = await import("onnxruntime-node");
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: [options.device],
      ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
      logSeverityLevel: 3,
      // Weights are named by their real paths; the runtime only takes paths below one folder, so that is the root.
      extra: { session: { model_external_initializers_file_folder_path: rootFolder() } },
    }).catch((cause: unknown) => {
      throw new CaaError("device", `runtime session on ${options.device}: ${messageOf(cause)}`, {
        cause,
      });
    });
    return new GraphSession(session, runtime.Tensor);
  }

  /** Runs the graph once; only the outputs named are handed out, each as its own buffer. */
  async run(
    feeds: ReadonlyMap<string, Feed>,
    outputs: readonly string[],
  ): Promise<Map<string, Float32Array>> {
    if (this.#released) {
      throw new CaaError("invalid-argument", "run: the model is disposed");
    }
    const tensors: Record<string, Tensor> = {};
    for (const [name, { data, shape }] of feeds) {
      tensors[name] =
        data instanceof BigInt64Array
          ? new this.#tensor("int64", data, shape)
          : new this.#tensor("float32", data, shape);
    }
    const run = this.#session.run(tensors, [...outputs]);
    this.#running = run.catch(() => undefined);
    const results = await run;
    const values = new Map<string, Float32Array>();
    for (const name of outputs) {
      const data = results[name]?.data;
      if (!(data instanceof Float32Array)) {
        throw new CaaError("unsupported", `run: output "${name}" should be float32`);
      }
      values.set(name, data);
    }
    return values;
  }

  /** Lets the runs that have begun end; there are no others after it. */
  async release(): Promise<void> {
    if (!this.#released) {
      this.#released = true;
      await this.#running; // the runtime begins runs late, and ends them in order
      await this.#session.release();
    }
  }
}

function rootFolder(): string {
  return process.platform === "win32" ? `${process.cwd().slice(0, 2)}\\` : "/";
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
