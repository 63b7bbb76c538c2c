import { readFileSync } from "node:fs";
import { applySteering, type LensPlace, readF16, readF32 } from "@caa/core";
import type { Checkpoint } from "../src/checkpoint/open-checkpoint.ts";
import { ropeFrequencies } from "../src/engine/rope.ts";
import type { TokenStep } from "../src/engine/jobs.ts";

type Row = Float64Array;

export interface SlowBlock {
  /** Before any step of the steering. */
  readonly before: readonly Row[];
  /** One a token: (d_model). */
  readonly places: Readonly<Record<LensPlace, readonly Row[]>>;
}

/** A Llama in float64, one product at a time, without cache or graph: what the engine should compute, without biases. */
export class SlowLlama {
  readonly #checkpoint: Checkpoint;
  readonly #weights = new Map<string, Float32Array>();

  constructor(checkpoint: Checkpoint) {
    this.#checkpoint = checkpoint;
  }

  embedding(id: number): Row {
    const size = this.#checkpoint.config.hidden_size;
    return Float64Array.from(
      this.#weight("model.embed_tokens.weight").subarray(id * size, (id + 1) * size),
    );
  }

  /** What every block computes at every token. */
  blocks(
    ids: readonly number[],
    steps: readonly TokenStep[] = [],
    vectors: readonly Float32Array[] = [],
  ): readonly SlowBlock[] {
    const { config } = this.#checkpoint;
    let h = ids.map((id) => this.embedding(id));
    return Array.from({ length: config.num_hidden_layers }, (_, layer) => {
      const block = `model.layers.${layer}`;
      const attention = this.#attention(
        `${block}.self_attn`,
        h.map((x) => this.#norm(x, `${block}.input_layernorm`)),
      );
      const middle = h.map((x, t) => plus(x, attention[t]));
      const mlp = middle.map((x) =>
        this.#mlp(`${block}.mlp`, this.#norm(x, `${block}.post_attention_layernorm`)),
      );
      const before = middle.map((x, t) => plus(x, mlp[t]));
      h = before.map((x, t) =>
        applySteering(
          x,
          steps
            .filter((step) => step.layer === layer && t >= step.from && t <= step.to)
            .map((step) => ({ ...step, vector: vectors[step.vector] ?? new Float32Array() })),
        ),
      );
      return {
        before,
        places: {
          "attention-output": attention,
          "residual-after-attention": middle,
          "mlp-output": mlp,
          "block-output": h,
        },
      };
    });
  }

  /** `softmax(lm_head(norm(row)))`, (V) */
  readout(row: Row): readonly number[] {
    const { config } = this.#checkpoint;
    const normed = this.#norm(row, "model.norm");
    const head = config.tie_word_embeddings ? "model.embed_tokens" : "lm_head";
    return softmax([...this.#linear(normed, head)]);
  }

  #attention(block: string, rows: readonly Row[]): readonly Row[] {
    const {
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      head_dim,
    } = this.#checkpoint.config;
    const project = (name: string): readonly Row[] =>
      rows.map((x) => this.#linear(x, `${block}.${name}`));
    const head = (row: Row | undefined, i: number): Row =>
      (row ?? new Float64Array()).slice(i * head_dim, (i + 1) * head_dim);
    const queries = project("q_proj");
    const keys = project("k_proj");
    const values = project("v_proj");
    return rows.map((_, t) => {
      const mixed = new Float64Array(heads * head_dim);
      for (let i = 0; i < heads; i++) {
        const kv = Math.floor((i * kvHeads) / heads);
        const query = this.#rotate(head(queries[t], i), t);
        const weights = softmax(
          keys
            .slice(0, t + 1)
            .map((key, s) => product(query, this.#rotate(head(key, kv), s)) / Math.sqrt(head_dim)),
        );
        weights.forEach((weight, s) =>
          head(values[s], kv).forEach((x, j) => {
            mixed[i * head_dim + j] = (mixed[i * head_dim + j] ?? 0) + weight * x;
          }),
        );
      }
      return this.#linear(mixed, `${block}.o_proj`);
    });
  }

  /** Turns the pairs (x_i, x_(i + head_dim / 2)) by `position f_i`. */
  #rotate(x: Row, position: number): Row {
    const half = x.length / 2;
    const frequencies = ropeFrequencies(this.#checkpoint.config);
    return x.map((value, i) => {
      const angle = position * (frequencies[i % half] ?? 0);
      const other = i < half ? -(x[i + half] ?? 0) : (x[i - half] ?? 0);
      return value * Math.cos(angle) + other * Math.sin(angle);
    });
  }

  #mlp(block: string, x: Row): Row {
    const up = this.#linear(x, `${block}.up_proj`);
    const gated = this.#linear(x, `${block}.gate_proj`).map(
      (gate, i) => (gate / (1 + Math.exp(-gate))) * (up[i] ?? 0),
    );
    return this.#linear(gated, `${block}.down_proj`);
  }

  #norm(x: Row, name: string): Row {
    const weight = this.#weight(`${name}.weight`);
    const scale = Math.sqrt(product(x, x) / x.length + this.#checkpoint.config.rms_norm_eps);
    return x.map((value, i) => (value / scale) * (weight[i] ?? 0));
  }

  #linear(x: Row, name: string): Row {
    const weight = this.#weight(`${name}.weight`); // (out, in)
    return Float64Array.from({ length: weight.length / x.length }, (_, row) =>
      product(x, weight.subarray(row * x.length, (row + 1) * x.length)),
    );
  }

  #weight(name: string): Float32Array {
    const known = this.#weights.get(name);
    if (known !== undefined) {
      return known;
    }
    const tensor = this.#checkpoint.tensors.get(name);
    const start = tensor?.offset ?? 0;
    const bytes = readFileSync(tensor?.file ?? "").subarray(
      start,
      start + (tensor?.byteLength ?? 0),
    );
    const values = new Float32Array((tensor?.shape ?? []).reduce((a, b) => a * b, 1));
    (tensor?.type === "float16" ? readF16 : readF32)(bytes, values);
    this.#weights.set(name, values);
    return values;
  }
}

function plus(a: Row, b: Row | undefined): Row {
  return a.map((x, i) => x + (b?.[i] ?? Number.NaN));
}

function product(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += (a[i] ?? 0) * (b[i] ?? 0);
  }
  return sum;
}

function softmax(logits: readonly number[]): readonly number[] {
  const most = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - most));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
