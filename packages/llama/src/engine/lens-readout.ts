import { CaaError } from "@caa/core";
import type { LlamaConfig } from "../config/llama-config.ts";
import type { GraphSession } from "../runtime/session.ts";

/** Most logits of one run: a bound on its memory of 64 MiB of float32 a buffer. */
const MAX_LOGITS = 2 ** 24;

/** The likeliest next tokens of some rows, each (rows, top), the likeliest first. */
export interface TopTokens {
  readonly tokens: Int32Array;
  readonly probabilities: Float64Array;
}

/** Feeds the graph of the lens, and reads it. */
export class LensReadout {
  /** How many rows a run may have. */
  readonly maxRows: number;
  readonly #dModel: number;
  readonly #session: GraphSession;

  constructor(config: LlamaConfig, session: GraphSession) {
    this.maxRows = Math.max(1, Math.floor(MAX_LOGITS / config.vocab_size));
    this.#dModel = config.hidden_size;
    this.#session = session;
  }

  /**
   * `softmax(lm_head(norm(h)))` of each row, its `top` largest values; `exp(z_t - log_sum)` in float64 of float32 logits.
   * @param rows each (d_model)
   * @throws {CaaError} invalid-data where logits are no numbers
   */
  async run(rows: readonly Float32Array[], top: number): Promise<TopTokens> {
    const data = new Float32Array(rows.length * this.#dModel); // (rows, d_model)
    rows.forEach((row, i) => data.set(row, i * this.#dModel));
    const results = await this.#session.run(
      new Map([
        ["rows", { data, shape: [rows.length, this.#dModel] }],
        ["count", { data: BigInt64Array.of(BigInt(top)), shape: [1] }],
      ]),
      ["top_logits", "top_tokens", "log_sum"],
    );
    const logSums = results.get("log_sum") ?? new Float32Array();
    if (!logSums.every(Number.isFinite)) {
      throw new CaaError(
        "invalid-data",
        "lens: the model's logits are not numbers; is the steering too strong?",
      );
    }
    const logits = results.get("top_logits") ?? new Float32Array();
    return {
      tokens: Int32Array.from(results.get("top_tokens") ?? []),
      probabilities: Float64Array.from(logits, (logit, i) =>
        Math.min(1, Math.exp(logit - (logSums[Math.floor(i / top)] ?? 0))),
      ),
    };
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}
