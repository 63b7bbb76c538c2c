import { CaaError, throwIfAborted } from "@caa/core";
import type { LlamaConfig } from "../config/llama-config.ts";
import { lensGraph } from "../graph/lens-graph.ts";
import { llamaGraph } from "../graph/llama-graph.ts";
import type { Precision, WeightTable } from "../graph/weights.ts";
import { GraphSession, type SessionOptions } from "../runtime/session.ts";
import { runForwardJob } from "./forward-job.ts";
import { ForwardPass } from "./forward-pass.ts";
import { runGenerateJob } from "./generate-job.ts";
import { runLensJob } from "./lens-job.ts";
import { LensReadout } from "./lens-readout.ts";
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
} from "./jobs.ts";

export interface EngineOptions extends SessionOptions {
  /** @default "float32" */
  readonly precision?: Precision | undefined;
}

/** What the lens needs beside the model as it generates. */
interface LensParts {
  readonly pass: ForwardPass;
  readonly readout: LensReadout;
}

/** Runs token sequences in this thread, which it blocks while the runtime computes. */
export class TokenEngine implements Engine {
  readonly #pass: ForwardPass;
  readonly #openLens: () => Promise<LensParts>;
  #lens: Promise<LensParts> | undefined;
  #disposed = false;

  private constructor(pass: ForwardPass, openLens: () => Promise<LensParts>) {
    this.#pass = pass;
    this.#openLens = openLens;
  }

  static async open(
    config: LlamaConfig,
    weights: WeightTable,
    options: EngineOptions,
  ): Promise<TokenEngine> {
    const { precision } = options;
    const openPass = async (inside: boolean): Promise<ForwardPass> => {
      const graph = llamaGraph(config, weights, { precision, inside });
      return new ForwardPass(config, await GraphSession.create(graph, options));
    };
    const openReadout = async (): Promise<LensReadout> => {
      const graph = lensGraph(config, weights, precision);
      return new LensReadout(config, await GraphSession.create(graph, options));
    };
    return new TokenEngine(await openPass(false), async () => ({
      pass: await openPass(true),
      readout: await openReadout(),
    }));
  }

  async forward(job: ForwardJob, signal?: AbortSignal): Promise<ForwardResult> {
    return runForwardJob(this.#pass, job, signal);
  }

  async generate(
    job: GenerateJob,
    onToken: TokenListener,
    signal?: AbortSignal,
    onRead: ReadListener = () => undefined,
  ): Promise<GenerateResult> {
    return runGenerateJob(this.#pass, job, onToken, signal, onRead);
  }

  /** The first call loads the model a second time: with outputs of what is inside its blocks. */
  async lens(job: LensJob, signal?: AbortSignal): Promise<LensResult> {
    if (this.#disposed) {
      throw new CaaError("invalid-argument", "lens: the model is disposed");
    }
    throwIfAborted(signal);
    this.#lens ??= this.#openLens().catch((error: unknown) => {
      this.#lens = undefined; // the next call tries again
      throw error;
    });
    const { pass, readout } = await this.#lens;
    return runLensJob(pass, readout, job, signal);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#pass.dispose();
    const lens = await this.#lens?.catch(() => undefined); // the call that opened it has the error
    await lens?.pass.dispose();
    await lens?.readout.dispose();
  }
}
