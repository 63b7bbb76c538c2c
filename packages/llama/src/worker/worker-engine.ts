import { Worker } from "node:worker_threads";
import { CaaError, throwIfAborted } from "@caa/core";
import type { LlamaConfig } from "../config/llama-config.ts";
import type {
  Engine,
  ForwardJob,
  ForwardResult,
  GenerateJob,
  GenerateResult,
  LensJob,
  LensResult,
  ReadListener,
  TokenListener,
} from "../engine/jobs.ts";
import type { WeightTable } from "../graph/weights.ts";
import { disableTelemetry } from "../runtime/disable-telemetry.ts";
import type { EngineOptions } from "../engine/token-engine.ts";
import type { Reply, Request } from "./messages.ts";

type Result = Extract<Reply, { kind: "done" }>["result"];
type Work = Extract<Request, { kind: "open" | "forward" | "generate" | "lens" | "dispose" }>;
type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

interface Listeners {
  readonly onToken?: (sequence: number, token: number) => void;
  readonly onRead?: ReadListener | undefined;
}

interface Pending {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  readonly listeners: Listeners;
}

/** Runs token sequences in a thread of their own, so that this thread's events go on while the runtime computes. */
export class WorkerEngine implements Engine {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #closed = false;
  #closing: Promise<void> | undefined;
  /** Why the thread ended, where nobody closed it. */
  #failure: CaaError | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (reply: Reply) => this.#receive(reply));
    worker.on("error", (cause) =>
      this.#fail(new CaaError("device", `model thread: ${String(cause)}`, { cause })),
    );
    worker.on("exit", (code) =>
      this.#fail(new CaaError("device", `model thread: ended with code ${code}`)),
    );
  }

  /** Starts the thread and loads the model in it; an abort while it loads ends the thread. */
  static async open(
    config: LlamaConfig,
    weights: WeightTable,
    options: EngineOptions,
    signal?: AbortSignal,
  ): Promise<WorkerEngine> {
    throwIfAborted(signal);
    disableTelemetry();
    const engine = new WorkerEngine(
      // Not the flags of this process: some, such as --input-type, would stop the thread from starting.
      new Worker(workerFile(), { execArgv: [] }),
    );
    const stop = (): void => void engine.#terminate();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      await engine.#ask({ kind: "open", config, weights, options });
    } catch (error) {
      await engine.#terminate();
      throwIfAborted(signal);
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
    return engine;
  }

  async forward(job: ForwardJob, signal?: AbortSignal): Promise<ForwardResult> {
    const result = await this.#ask({ kind: "forward", job }, signal);
    if (result === null || !("residual" in result)) {
      throw otherAnswer();
    }
    return result;
  }

  async generate(
    job: GenerateJob,
    onToken: TokenListener,
    signal?: AbortSignal,
    onRead?: ReadListener,
  ): Promise<GenerateResult> {
    const id = this.#nextId;
    const result = await this.#ask({ kind: "generate", job }, signal, {
      onToken: (sequence, token) => {
        if (!onToken(sequence, token)) {
          this.#send({ kind: "end-row", id, sequence });
        }
      },
      onRead,
    });
    if (result === null || !("tokens" in result)) {
      throw otherAnswer();
    }
    return result;
  }

  async lens(job: LensJob, signal?: AbortSignal): Promise<LensResult> {
    const result = await this.#ask({ kind: "lens", job }, signal);
    if (result === null || !("topTokens" in result)) {
      throw otherAnswer();
    }
    return result;
  }

  dispose(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#closed) {
      return;
    }
    const released = this.#ask({ kind: "dispose" });
    this.#closed = true; // nothing is taken after it
    try {
      await released;
    } finally {
      await this.#terminate();
    }
  }

  async #ask(
    request: WithoutId<Work>,
    signal?: AbortSignal,
    listeners: Listeners = {},
  ): Promise<Result> {
    throwIfAborted(signal);
    if (this.#closed) {
      throw this.#failure ?? new CaaError("invalid-argument", "model: it is disposed");
    }
    const id = this.#nextId++;
    const abort = (): void => this.#send({ kind: "abort", id });
    signal?.addEventListener("abort", abort, { once: true });
    // The process stays alive while an answer is due, and only then.
    this.#worker.ref();
    try {
      return await new Promise<Result>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, listeners });
        this.#send({ ...request, id });
      });
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#pending.delete(id);
      if (this.#pending.size === 0) {
        this.#worker.unref();
      }
    }
  }

  #send(request: Request): void {
    this.#worker.postMessage(request);
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (reply.kind === "token" || reply.kind === "read") {
      try {
        if (reply.kind === "token") {
          pending?.listeners.onToken?.(reply.sequence, reply.token);
        } else {
          pending?.listeners.onRead?.(reply.sequence, reply.position, reply.scores);
        }
      } catch (error) {
        // The listener's own error ends its request, and is told to who made it.
        this.#send({ kind: "abort", id: reply.id });
        this.#pending.delete(reply.id);
        pending?.reject(error);
      }
    } else if (reply.kind === "done") {
      pending?.resolve(reply.result);
    } else {
      pending?.reject(new CaaError(reply.code, reply.message, { facts: reply.facts }));
    }
  }

  #fail(error: CaaError): void {
    if (!this.#closed) {
      this.#failure = error;
    }
    this.#closed = true;
    for (const pending of this.#pending.values()) {
      pending.reject(error);
    }
    this.#pending.clear();
  }

  async #terminate(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }
}

function otherAnswer(): CaaError {
  return new CaaError("device", "model thread: answered something else than was asked");
}

/** The built worker; sources, as tests run them, use it from the build beside them. */
function workerFile(): URL {
  return new URL(
    import.meta.url.endsWith(".ts") ? "../../dist/worker.js" : "./worker.js",
    import.meta.url,
  );
}
