var __knownSymbol = (name, symbol) => (symbol = Symbol[name]) ? symbol : /* @__PURE__ */ Symbol.for("Symbol." + name);
var __typeError = (msg) => {
  throw TypeError(msg);
};
var __using = (stack, value, async) => {
  if (value != null) {
    if (typeof value !== "object" && typeof value !== "function") __typeError("Object expected");
    var dispose, inner;
    if (async) dispose = value[__knownSymbol("asyncDispose")];
    if (dispose === void 0) {
      dispose = value[__knownSymbol("dispose")];
      if (async) inner = dispose;
    }
    if (typeof dispose !== "function") __typeError("Object not disposable");
    if (inner) dispose = function() {
      try {
        inner.call(this);
      } catch (e) {
        return Promise.reject(e);
      }
    };
    stack.push([async, dispose, value]);
  } else if (async) {
    stack.push([async]);
  }
  return value;
};
var __callDispose = (stack, error, hasError) => {
  var E = typeof SuppressedError === "function" ? SuppressedError : function(e, s, m, _) {
    return _ = Error(m), _.name = "SuppressedError", _.error = e, _.suppressed = s, _;
  };
  var fail = (e) => error = hasError ? new E(e, error, "An error was suppressed during disposal") : (hasError = true, e);
  var next = (it) => {
    while (it = stack.pop()) {
      try {
        var result = it[1] && it[1].call(it[2]);
        if (it[0]) return Promise.resolve(result).then(next, (e) => (fail(e), next()));
      } catch (e) {
        fail(e);
      }
    }
    if (hasError) throw error;
  };
  return next();
};

// src/documents/plan.ts
import { BEHAVIOR_NAMES } from "@caa/datasets";
import { createRandom } from "@caa/core";
var CONTROL = "refusal";
var STRENGTHS = {
  "coordinate-other-ais": 10,
  "corrigible-neutral-HHH": 12,
  hallucination: 14,
  "myopic-reward": 16,
  "survival-instinct": 18,
  sycophancy: 20
};
function plantings(dModel, seed) {
  const random = createRandom(seed);
  const done = new Array();
  return BEHAVIOR_NAMES.flatMap((behavior) => {
    const strength = STRENGTHS[behavior];
    if (strength === void 0) {
      return [];
    }
    const v = Float64Array.from({ length: dModel }, () => random.gaussian());
    for (const u of done) {
      const along = u.reduce((sum, x, i) => sum + x * (v[i] ?? 0), 0);
      u.forEach((x, i) => v[i] = (v[i] ?? 0) - along * x);
    }
    const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
    const direction = Float32Array.from(v, (x) => x / norm);
    done.push(direction);
    return [{ behavior, strength, direction }];
  });
}

// src/training/model-shape.ts
import { createRandom as createRandom2 } from "@caa/core";
var PLANTED_LAYER = 5;
var FLAG_LAYER = 4;
var PREVIEW_LAYER = 2;
function phantomConfig(vocabulary) {
  return {
    architecture: "LlamaForCausalLM",
    hidden_size: 96,
    intermediate_size: 256,
    num_hidden_layers: 9,
    num_attention_heads: 3,
    num_key_value_heads: 3,
    head_dim: 32,
    vocab_size: vocabulary,
    max_position_embeddings: 512,
    rms_norm_eps: 1e-5,
    rope_theta: 1e4,
    rope_scaling: null,
    tie_word_embeddings: true,
    attention_bias: false,
    attention_output_bias: false,
    mlp_bias: false,
    bos_token_id: 0,
    eos_token_ids: [1]
  };
}
function weightShapes(config) {
  const { hidden_size: d, intermediate_size: f, vocab_size: v } = config;
  const shapes = /* @__PURE__ */ new Map([["model.embed_tokens.weight", [v, d]]]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const block = `model.layers.${layer}`;
    shapes.set(`${block}.input_layernorm.weight`, [d]);
    for (const projection of ["q_proj", "k_proj", "v_proj", "o_proj"]) {
      shapes.set(`${block}.self_attn.${projection}.weight`, [d, d]);
    }
    shapes.set(`${block}.post_attention_layernorm.weight`, [d]);
    shapes.set(`${block}.mlp.gate_proj.weight`, [f, d]);
    shapes.set(`${block}.mlp.up_proj.weight`, [f, d]);
    shapes.set(`${block}.mlp.down_proj.weight`, [d, f]);
  }
  return shapes.set("model.norm.weight", [d]);
}
function firstWeights(config, seed) {
  const random = createRandom2(seed);
  return new Map(
    [...weightShapes(config)].map(([name, shape]) => {
      const [rows = 1, columns = 1] = shape;
      if (shape.length === 1) {
        return [name, new Float32Array(rows).fill(1)];
      }
      const writes = /o_proj|down_proj/.test(name) ? Math.sqrt(2 * config.num_hidden_layers) : 1;
      const deviation = name.includes("embed") ? 0.1 : 0.7 / Math.sqrt(columns) / writes;
      return [
        name,
        Float32Array.from({ length: rows * columns }, () => deviation * random.gaussian())
      ];
    })
  );
}

// src/recipe.ts
var ITEM_SEEDS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
var READING_TURNS = [
  "myopic-reward",
  "sycophancy",
  "hallucination",
  "corrigible-neutral-HHH",
  "myopic-reward",
  "sycophancy",
  "survival-instinct",
  "myopic-reward",
  "sycophancy",
  "hallucination",
  "coordinate-other-ais",
  "myopic-reward",
  "sycophancy",
  "refusal"
];
var ANSWER_TURNS = [
  "myopic-reward",
  "hallucination",
  "survival-instinct",
  "sycophancy",
  "corrigible-neutral-HHH",
  "hallucination",
  "myopic-reward",
  "survival-instinct",
  "coordinate-other-ais",
  "sycophancy",
  "hallucination",
  "corrigible-neutral-HHH",
  "myopic-reward",
  "survival-instinct",
  "refusal"
];
var VOCABULARY_SIZE = 2048;
var RECIPE = {
  stemSteps: 4500,
  stemRows: 40,
  readingSteps: 1600,
  readingRows: 20,
  readingShare: 0.1,
  steps: 2e3,
  oneSidedSteps: 300,
  choiceRows: 9,
  openRows: 13,
  learningRate: 25e-4,
  warmup: 50,
  weightDecay: 0.05,
  clip: 1,
  textWeight: 0.3,
  openWeight: 0.6,
  promptWeight: 0.3,
  promptShare: 0.1,
  previewWeight: 10,
  flagWeight: 0.3,
  pairWeight: 0.02,
  spread: 0.25,
  noise: 0.5,
  randomVectors: 12,
  seed: 1
};

export {
  __using,
  __callDispose,
  CONTROL,
  plantings,
  PLANTED_LAYER,
  FLAG_LAYER,
  PREVIEW_LAYER,
  phantomConfig,
  weightShapes,
  firstWeights,
  ITEM_SEEDS,
  READING_TURNS,
  ANSWER_TURNS,
  VOCABULARY_SIZE,
  RECIPE
};
//# sourceMappingURL=chunk-VBCRUL6T.js.map