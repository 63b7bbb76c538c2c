import type { LlamaConfig } from "../config/llama-config.ts";
import { llamaGraph } from "../graph/llama-graph.ts";
import type { Precision, WeightTable } from "../graph/weights.ts";
import { GraphSession, type SessionOptions } from "../runtime/session.ts";
import { runForwardJob } from "./forward-job.ts";
import { ForwardPass } from "./forward-pass.ts";
import { runGenerateJob } from "./generate-job.ts";
import type {
  Engine,
  ForwardJob,
  ForwardResult,
  GenerateJob,
  GenerateResult,
  TokenListener,
} from "./jobs.ts";

export interface EngineOptions extends SessionOptions {
  /** @default "float32" */
  readonly precision?: Precision | undefined;
}

/** Runs token sequences in this thread, which it blocks while the runtime computes. */
export class TokenEngine implements Engine {
  readonly #pass: ForwardPass;

  private constructor(pass: ForwardPass) {
    this.#pass = pass;
  }

  static async open(
    config: LlamaConfig,
    weights: WeightTable,
    options: EngineOptions,
  ): Promise<TokenEngine> {
    const session = await GraphSession.create(
      llamaGraph(config, weights, options.precision),
      options,
    );
    return new TokenEngine(new ForwardPass(config, session));
  }

  async forward(job: ForwardJob, signal?: AbortSignal): Promise<ForwardResult> {
    return runForwardJob(this.#pass, job, signal);
  }

  async generate(
    job: GenerateJob,
    onToken: TokenListener,
    signal?: AbortSignal,
  ): Promise<GenerateResult> {
    return runGenerateJob(this.#pass, job, onToken, signal);
  }

  async dispose(): Promise<void> {
    await this.#pass.dispose();
  }
}
