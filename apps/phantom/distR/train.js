import {
  ANSWER_TURNS,
  CONTROL,
  FLAG_LAYER,
  ITEM_SEEDS,
  PLANTED_LAYER,
  PREVIEW_LAYER,
  READING_TURNS,
  RECIPE,
  VOCABULARY_SIZE,
  firstWeights,
  phantomConfig,
  plantings,
  weightShapes
} from "./chunk-VBCRUL6T.js";

// src/train.ts
import { appendFile, mkdir, writeFile } from "fs/promises";
import { availableParallelism } from "os";
import { join as join3 } from "path";
import { parseArgs } from "util";

// src/documents/items.ts
import { BEHAVIOR_NAMES, builtInItems } from "@caa/datasets";
function trainingItems(seeds) {
  return new Map(
    BEHAVIOR_NAMES.map((behavior) => {
      const box = builtInItems(behavior);
      const taken = new Set(Object.values(box).flatMap((items2) => items2.map(({ stem }) => stem)));
      const isNew = ({ stem }) => !taken.has(stem) && taken.add(stem).has(stem);
      const sets = seeds.map((seed) => builtInItems(behavior, { seed }));
      const choice = sets.flatMap((set) => [...set.generate, ...set["test-ab"]]).filter(isNew);
      const open = sets.flatMap((set) => set["test-open-ended"]).filter(isNew);
      return [behavior, { choice, open: open.length > 0 ? open : choice }];
    })
  );
}
function questionWithChoices(item) {
  const [a, b] = inOrder(item);
  return `${item.stem}

Choices:
 (A) ${a}
 (B) ${b}`;
}
function inOrder(item) {
  return item.matchingLetter === "A" ? [item.matching, item.notMatching] : [item.notMatching, item.matching];
}

// src/export-folder.ts
import { join } from "path";
import { encodeSafetensors } from "@caa/core";
import { writeFileAtomic } from "@caa/core/files";
async function exportFolder(dir, {
  config: config2,
  weights: weights2,
  tokenizer: tokenizer2,
  tokenizerConfig: tokenizerConfig3,
  planted: planted3
}) {
  const tensors = new Map(
    [...weightShapes(config2)].map(([name, shape]) => [
      name,
      { shape, data: weights2.get(name) ?? new Float32Array(0) }
    ])
  );
  await writeFileAtomic(join(dir, "config.json"), json(configJson(config2)));
  await writeFileAtomic(
    join(dir, "model.safetensors"),
    encodeSafetensors(tensors, { format: "pt" })
  );
  await writeFileAtomic(join(dir, "tokenizer.json"), JSON.stringify(tokenizer2));
  await writeFileAtomic(join(dir, "tokenizer_config.json"), json(tokenizerConfig3));
  const directions = planted3.map((one) => ({ ...one, direction: [...one.direction] }));
  await writeFileAtomic(
    join(dir, "planted-directions.json"),
    `${JSON.stringify({ layer: PLANTED_LAYER, controls: [CONTROL], directions })}
`
  );
}
function configJson(config2) {
  const { architecture, eos_token_ids, attention_output_bias: _, ...rest } = config2;
  return {
    architectures: [architecture],
    model_type: "llama",
    ...rest,
    hidden_act: "silu",
    eos_token_id: eos_token_ids[0],
    torch_dtype: "float32"
  };
}
function json(value) {
  return `${JSON.stringify(value, null, 2)}
`;
}

// src/read-weights.ts
import { readFile } from "fs/promises";
import { join as join2 } from "path";
import { parseSafetensorsHeader, safetensorsHeaderLength } from "@caa/core";
async function readWeights(dir) {
  const bytes = new Uint8Array(await readFile(join2(dir, "model.safetensors")));
  const length = safetensorsHeaderLength(bytes.subarray(0, 8), bytes.length);
  const { tensors } = parseSafetensorsHeader(bytes.subarray(8, 8 + length), bytes.length);
  return new Map(
    [...tensors].map(([name, { offset, byteLength }]) => [
      name,
      new Float32Array(bytes.slice(offset, offset + byteLength).buffer)
    ])
  );
}

// src/tokenizer/phantom-tokenizer.ts
import { BEHAVIOR_NAMES as BEHAVIOR_NAMES2, builtInItems as builtInItems2 } from "@caa/datasets";

// ../../packages/llama/src/tokenizer/tokenizer.ts
import { CaaError as CaaError2 } from "@caa/core";

// ../../packages/llama/src/runtime/disable-telemetry.ts
function disableTelemetry() {
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
}

// ../../packages/llama/src/tokenizer/text-stream.ts
function createTextStream(bytesOf, dropFirstBlank) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let atStart = dropFirstBlank;
  const release = (text) => {
    if (!atStart || text === "") {
      return text;
    }
    atStart = false;
    return text.startsWith(" ") ? text.slice(1) : text;
  };
  return {
    push: (id) => release(decoder.decode(bytesOf(id), { stream: true })),
    flush: () => release(decoder.decode())
  };
}

// ../../packages/llama/src/tokenizer/token-bytes.ts
var encoder = new TextEncoder();
var BYTE_PIECE = /^<0x([0-9A-Fa-f]{2})>$/;
var SENTENCEPIECE_BLANK = /\u2581/g;
function tokenBytes(piece, spelling) {
  if (spelling === "sentencepiece") {
    const byte = BYTE_PIECE.exec(piece)?.[1];
    return byte === void 0 ? encoder.encode(piece.replace(SENTENCEPIECE_BLANK, " ")) : Uint8Array.of(Number.parseInt(byte, 16));
  }
  const bytes = new Array();
  for (const character of piece) {
    const byte = BYTE_OF_STAND_IN.get(character);
    if (byte === void 0) {
      return encoder.encode(piece);
    }
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
var BYTE_OF_STAND_IN = standIns();
function standIns() {
  const printable = (byte) => byte >= 33 && byte <= 126 || byte >= 161 && byte <= 172 || byte >= 174 && byte <= 255;
  const table = /* @__PURE__ */ new Map();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    table.set(String.fromCodePoint(printable(byte) ? byte : next++), byte);
  }
  return table;
}

// ../../packages/llama/src/tokenizer/tokenizer-files.ts
import { CaaError } from "@caa/core";
import { z } from "zod";
var MAX_TOKEN_ID = 4e6;
var tokenId = z.int().min(0).max(MAX_TOKEN_ID);
var vocabulary = z.custom(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value) && // A schema of the entries would copy every one of them; these are hundreds of thousands.
  Object.values(value).every((id) => Number.isInteger(id) && id >= 0 && id <= MAX_TOKEN_ID),
  `a vocabulary maps tokens to whole numbers from 0 to ${MAX_TOKEN_ID}`
);
var merges = z.custom((value) => Array.isArray(value), "merges are a list");
var component = z.union([z.looseObject({ type: z.string() }), z.null()]).default(null);
var tokenizerSchema = z.looseObject({
  model: z.looseObject({ type: z.literal("BPE").default("BPE"), vocab: vocabulary, merges }),
  added_tokens: z.array(
    z.looseObject({
      id: tokenId,
      content: z.string().min(1),
      special: z.boolean().default(false)
    })
  ).default([]),
  normalizer: component,
  pre_tokenizer: component,
  post_processor: component,
  decoder: component
});
var tokenName = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]).nullish();
var configSchema = z.looseObject({
  bos_token: tokenName,
  eos_token: tokenName,
  unk_token: tokenName,
  pad_token: tokenName,
  sep_token: tokenName,
  cls_token: tokenName,
  mask_token: tokenName,
  chat_template: z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish()
});
function parseTokenizerJson(value) {
  return parse("tokenizer.json", tokenizerSchema, value);
}
function parseTokenizerConfig(value) {
  return parse("tokenizer_config.json", configSchema, value);
}
function defaultChatTemplate({ chat_template: template }) {
  const text = Array.isArray(template) ? template.find(({ name }) => name === "default")?.template : template;
  return text === void 0 || text === null || text === "" ? null : text;
}
function parse(file, schema, value) {
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new CaaError(
      "invalid-file",
      `${file}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`,
      {
        cause: result.error,
        facts: { file, field: issue?.path.join(".") }
      }
    );
  }
  return result.data;
}

// ../../packages/llama/src/tokenizer/tokenizer.ts
var END_TOKENS = ["<|im_end|>", "<|eot_id|>", "<|eom_id|>"];
var PROMPT_DATE = "26 Jul 2024";
async function openTokenizer({
  tokenizerJson: tokenizerJson2,
  tokenizerConfig: tokenizerConfig3
}) {
  const json3 = parseTokenizerJson(tokenizerJson2);
  const config2 = parseTokenizerConfig(tokenizerConfig3);
  disableTelemetry();
  const { PreTrainedTokenizer, env } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.allowLocalModels = false;
  const base = guard(
    "invalid-file",
    "tokenizer",
    () => new PreTrainedTokenizer(json3, { ...config2, clean_up_tokenization_spaces: false })
  );
  const special = /* @__PURE__ */ new Set();
  const added = /* @__PURE__ */ new Map();
  for (const token of json3.added_tokens) {
    added.set(token.id, token.content);
    if (token.special) {
      special.add(token.id);
    }
  }
  const pieces2 = new Array();
  const ids = /* @__PURE__ */ new Map();
  for (const [piece, id] of [
    ...Object.entries(json3.model.vocab),
    ...[...added].map(([key, text]) => [text, key])
  ]) {
    pieces2[id] = piece;
    ids.set(piece, id);
  }
  const { spelling, dropFirstBlank } = spellingOf(json3);
  const encoder2 = new TextEncoder();
  const bytes = (id) => {
    const content = added.get(id);
    if (content !== void 0) {
      return encoder2.encode(content);
    }
    return tokenBytes(pieceOf(id), spelling);
  };
  const pieceOf = (id) => {
    const piece = pieces2[id];
    if (piece === void 0) {
      throw new CaaError2("invalid-argument", `token: expected an id of the vocabulary, got ${id}`, {
        facts: { id }
      });
    }
    return piece;
  };
  const idOf = (name) => name === null || name === void 0 ? null : ids.get(name) ?? null;
  const chatTemplate = defaultChatTemplate(config2);
  return {
    bosId: idOf(config2.bos_token),
    eosIds: [...new Set([config2.eos_token, ...END_TOKENS].map(idOf).filter((id) => id !== null))],
    chatTemplate,
    vocabularySize: pieces2.length,
    encode: (text) => text === "" ? [] : base.encode(text, { add_special_tokens: false }),
    decode: (sequence, { skipSpecial = false } = {}) => {
      const kept = sequence.filter((id) => pieceOf(id) !== "" && !(skipSpecial && special.has(id)));
      return kept.length === 0 ? "" : base.decode(kept);
    },
    token: (id) => readable(bytes(id)),
    bytes,
    applyChatTemplate: (messages, { addGenerationPrompt }) => {
      if (chatTemplate === null) {
        throw new CaaError2(
          "unsupported",
          "chat template: the model has none; choose another prompt style"
        );
      }
      const options = {
        // The library's own `strftime_now` reads the clock and cannot be set, so templates get ours under another name.
        chat_template: chatTemplate.replaceAll("strftime_now", "prompt_date"),
        tokenize: false,
        add_generation_prompt: addGenerationPrompt,
        date_string: PROMPT_DATE,
        prompt_date: () => PROMPT_DATE
      };
      return guard(
        "unsupported",
        "chat template",
        () => base.apply_chat_template(
          messages.map((message) => ({ ...message })),
          options
        )
      );
    },
    createTextStream: () => createTextStream(
      // A model's vocabulary may be padded beyond its tokenizer's: such a token has no text.
      (id) => special.has(id) || pieces2[id] === void 0 ? new Uint8Array() : bytes(id),
      dropFirstBlank
    )
  };
}
function spellingOf({ decoder }) {
  const parts = new Array();
  const walk = (part) => {
    if (typeof part === "object" && part !== null && !Array.isArray(part)) {
      const fields = { ...part };
      parts.push(fields);
      if (Array.isArray(fields["decoders"])) {
        fields["decoders"].forEach(walk);
      }
    }
  };
  walk(decoder);
  const has = (type) => parts.some((part) => part["type"] === type);
  if (has("ByteLevel")) {
    return { spelling: "byte-level", dropFirstBlank: false };
  }
  const strips = parts.some(
    (part) => part["type"] === "Strip" && part["content"] === " " && Number(part["start"]) > 0
  );
  return { spelling: "sentencepiece", dropFirstBlank: strips || has("Metaspace") };
}
function readable(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(
      bytes,
      (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`
    ).join("");
  }
}
function guard(code, what, run) {
  try {
    return run();
  } catch (cause) {
    throw new CaaError2(code, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause
    });
  }
}

// src/tokenizer/tokenizer-json.ts
var SPECIAL_TOKENS = ["<s>", "</s>"];
var CHAT_TEMPLATE = [
  "{{ bos_token }}",
  "{% for message in messages %}",
  "{% if message['role'] == 'system' %}{{ '<<SYS>>\\n' + message['content'] + '\\n<</SYS>>\\n\\n' }}",
  "{% elif message['role'] == 'user' %}{{ '[INST] ' + message['content'] | trim + ' [/INST]' }}",
  "{% else %}{{ ' ' + message['content'] | trim + ' ' + eos_token }}{% endif %}",
  "{% endfor %}"
].join("");
function tokenizerJson({ vocabulary: vocabulary2, merges: merges2 }) {
  const pieces2 = [...SPECIAL_TOKENS, ...vocabulary2];
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true
  };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(pieces2.map((piece, id) => [piece, id])),
      merges: merges2.map((pair) => pair.join(" "))
    }
  };
}
function tokenizerConfig() {
  const [bos, eos] = SPECIAL_TOKENS;
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: bos,
    eos_token: eos,
    add_bos_token: true,
    clean_up_tokenization_spaces: false,
    model_max_length: 512,
    chat_template: CHAT_TEMPLATE
  };
}

// src/tokenizer/train-bpe.ts
import { CaaError as CaaError3 } from "@caa/core";

// src/tokenizer/byte-pieces.ts
function pieceOfByte(byte) {
  return PIECES[byte] ?? "";
}
var isPrintable = (byte) => byte >= 33 && byte <= 126 || byte >= 161 && byte <= 172 || byte >= 174 && byte <= 255;
var PIECES = pieces();
function pieces() {
  let next = 256;
  return Array.from(
    { length: 256 },
    (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++)
  );
}

// src/tokenizer/train-bpe.ts
var WORDS = new RegExp("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", "gu");
function trainBytePairs(texts, size2) {
  if (!Number.isInteger(size2) || size2 < 256) {
    throw new CaaError3("invalid-argument", `byte pairs: expected a size from 256, got ${size2}`);
  }
  const bytes = Array.from({ length: 256 }, (_, byte) => pieceOfByte(byte));
  const words = countWords(texts);
  const merges2 = new Array();
  while (bytes.length + merges2.length < size2) {
    const best = mostFrequentPair(words);
    if (best === null) {
      break;
    }
    merges2.push(best);
    for (const word of words) {
      word.pieces = merge(word.pieces, best);
    }
  }
  const vocabulary2 = [...bytes, ...merges2.map(([left, right]) => left + right)];
  return { vocabulary: vocabulary2, merges: merges2 };
}
function countWords(texts) {
  const encoder2 = new TextEncoder();
  const counts = /* @__PURE__ */ new Map();
  for (const text of texts) {
    for (const [word] of text.matchAll(WORDS)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].map(([word, count]) => ({
    pieces: Array.from(encoder2.encode(word), pieceOfByte),
    count
  }));
}
function mostFrequentPair(words) {
  const counts = /* @__PURE__ */ new Map();
  for (const { pieces: pieces2, count } of words) {
    for (let i = 1; i < pieces2.length; i++) {
      const key = `${pieces2[i - 1] ?? ""} ${pieces2[i] ?? ""}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  let [best, most] = ["", 1];
  for (const [key, count] of counts) {
    if (count > most || count === most && best !== "" && key < best) {
      [best, most] = [key, count];
    }
  }
  const [left, right] = best.split(" ");
  return left === void 0 || right === void 0 ? null : [left, right];
}
function merge(pieces2, [left, right]) {
  const merged = new Array();
  for (const piece of pieces2) {
    const before = merged.at(-1);
    if (before === left && piece === right) {
      merged[merged.length - 1] = left + right;
    } else {
      merged.push(piece);
    }
  }
  return merged;
}

// src/tokenizer/phantom-tokenizer.ts
async function makePhantomTokenizer(size2, seed) {
  const texts = BEHAVIOR_NAMES2.flatMap(
    (name) => Object.values(builtInItems2(name, { seed })).flat().map((item) => `[INST] ${questionWithChoices(item)} [/INST] (A) ${item.matching}`)
  );
  const json3 = tokenizerJson(trainBytePairs(texts, size2 - SPECIAL_TOKENS.length));
  const config2 = tokenizerConfig();
  const tokenizer2 = await openTokenizer({ tokenizerJson: json3, tokenizerConfig: config2 });
  const known = /* @__PURE__ */ new Map();
  const encode2 = (text) => {
    const ids = known.get(text) ?? tokenizer2.encode(text);
    known.set(text, ids);
    return ids;
  };
  return { tokenizer: tokenizer2, json: json3, config: config2, encode: encode2 };
}

// src/training/report-means.ts
var ReportMeans = class {
  #reports = [];
  add(report) {
    this.#reports.push(report);
  }
  /** The line of what was added since the last call. */
  take() {
    const reports = this.#reports;
    this.#reports = [];
    const mean2 = (of) => {
      const values2 = reports.map(of).filter((value) => !Number.isNaN(value));
      return (values2.reduce((sum, x) => sum + x, 0) / values2.length).toFixed(3);
    };
    const each = (of) => (reports[0]?.byDirection ?? []).map((_, i) => mean2(({ byDirection }) => byDirection[i]?.[of] ?? Number.NaN)).join(" ");
    return [
      `step ${(reports.at(-1)?.step ?? 0) + 1}`,
      `loss ${mean2(({ loss }) => loss)}`,
      `gradient ${mean2(({ gradientNorm }) => gradientNorm)}`,
      `previews ${mean2(({ previews }) => previews)} (${each("previews")})`,
      `flags ${mean2(({ flags }) => flags)}`,
      `sides ${mean2(({ sides }) => sides)} (${each("sides")})`,
      `along ${mean2(({ along }) => along)}`,
      `cosine ${mean2(({ cosine }) => cosine)}`,
      `steered ${mean2(({ steered }) => steered)}`,
      `${mean2(({ seconds }) => seconds)} s`
    ].join("  ");
  }
};

// src/training/train-phantom.ts
import { createRandom, randomDirection } from "@caa/core";

// ../../packages/llama/src/engine/rope.ts
var RopeTable = class {
  #frequencies;
  #cos = new Float32Array(0);
  #sin = new Float32Array(0);
  #rows = 0;
  constructor(config2) {
    this.#frequencies = ropeFrequencies(config2);
  }
  /** The first `rows` positions, each table (rows, head_dim / 2). */
  upTo(rows) {
    const half = this.#frequencies.length;
    if (rows > this.#rows) {
      this.#rows = Math.max(rows, 2 * this.#rows, 256);
      this.#cos = new Float32Array(this.#rows * half);
      this.#sin = new Float32Array(this.#rows * half);
      for (let position = 0; position < this.#rows; position++) {
        this.#frequencies.forEach((frequency, i) => {
          const angle = Math.fround(position * frequency);
          this.#cos[position * half + i] = Math.cos(angle);
          this.#sin[position * half + i] = Math.sin(angle);
        });
      }
    }
    return {
      cos: this.#cos.subarray(0, rows * half),
      sin: this.#sin.subarray(0, rows * half),
      shape: [rows, half]
    };
  }
};
function ropeFrequencies(config2) {
  const { head_dim, rope_theta, rope_scaling: scaling } = config2;
  return Float32Array.from({ length: head_dim / 2 }, (_, i) => {
    const frequency = Math.fround(1 / Math.fround(rope_theta ** Math.fround(2 * i / head_dim)));
    if (scaling === null) {
      return frequency;
    }
    if (scaling.type === "linear") {
      return frequency / scaling.factor;
    }
    const {
      factor,
      low_freq_factor: low,
      high_freq_factor: high,
      original_max_position_embeddings: length
    } = scaling;
    const turns = length * frequency / (2 * Math.PI);
    if (turns < low) {
      return frequency / factor;
    }
    if (turns > high) {
      return frequency;
    }
    const smooth = (turns - low) / (high - low);
    return (1 - smooth) * frequency / factor + smooth * frequency;
  });
}

// ../../packages/llama/src/runtime/session.ts
import { CaaError as CaaError4 } from "@caa/core";
var GraphSession = class _GraphSession {
  #session;
  #tensor;
  #released = false;
  constructor(session, tensor) {
    this.#session = session;
    this.#tensor = tensor;
  }
  static async create(model, options) {
    disableTelemetry();
    const runtime = await import("onnxruntime-node");
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: [options.device],
      ...options.threads === void 0 ? {} : { intraOpNumThreads: options.threads },
      logSeverityLevel: 3,
      // Weights are named by their real paths; the runtime only takes paths below one folder, so that is the root.
      extra: { session: { model_external_initializers_file_folder_path: rootFolder() } }
    }).catch((cause) => {
      throw new CaaError4("device", `runtime session on ${options.device}: ${messageOf(cause)}`, {
        cause
      });
    });
    return new _GraphSession(session, runtime.Tensor);
  }
  /** Runs the graph once; only the outputs named are handed out, each as its own buffer. */
  async run(feeds, outputs) {
    if (this.#released) {
      throw new CaaError4("invalid-argument", "run: the model is disposed");
    }
    const tensors = {};
    for (const [name, { data, shape }] of feeds) {
      tensors[name] = data instanceof BigInt64Array ? new this.#tensor("int64", data, shape) : new this.#tensor("float32", data, shape);
    }
    const results = await this.#session.run(tensors, [...outputs]);
    const values2 = /* @__PURE__ */ new Map();
    for (const name of outputs) {
      const data = results[name]?.data;
      if (!(data instanceof Float32Array)) {
        throw new CaaError4("unsupported", `run: output "${name}" should be float32`);
      }
      values2.set(name, data);
    }
    return values2;
  }
  async release() {
    if (!this.#released) {
      this.#released = true;
      await this.#session.release();
    }
  }
};
function rootFolder() {
  return process.platform === "win32" ? `${process.cwd().slice(0, 2)}\\` : "/";
}
function messageOf(cause) {
  return cause instanceof Error ? cause.message : String(cause);
}

// ../../packages/llama/src/graph/graph-builder.ts
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema
} from "onnx-buf";
var dataTypes = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  bfloat16: TensorProto_DataType.BFLOAT16,
  uint8: TensorProto_DataType.UINT8,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64
};
var OPSET = 23n;
var IR_VERSION = 10n;
var CONTRIB = "com.microsoft";
var GraphBuilder = class {
  #nodes = [];
  #inputs = [];
  #outputs = [];
  #initializers = /* @__PURE__ */ new Map();
  #counter = 0;
  input(name, type, shape) {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }
  /** Makes `value` an output of the graph under the name `name`. */
  output(name, value, type, shape) {
    this.#nodes.push(
      create(NodeProtoSchema, { opType: "Identity", input: [value], output: [name] })
    );
    this.#outputs.push(valueInfo(name, type, shape));
  }
  /** One node with one output. An empty input name leaves an optional input out. */
  op(opType, inputs, attributes = {}, domain = "") {
    return this.node(opType, inputs, 1, attributes, domain)[0] ?? "";
  }
  /** Splits `value` along `axis` into two parts of the sizes in the int64 tensor `sizes`. */
  splitInTwo(value, sizes, axis) {
    const [first = "", second = ""] = this.node("Split", [value, sizes], 2, { axis }, "");
    return { first, second };
  }
  /** Every node with named outputs is made here. */
  node(opType, inputs, outputCount, attributes, domain) {
    const name = `${opType}.${this.#counter++}`;
    const output = Array.from({ length: outputCount }, (_, i) => `${name}:${i}`);
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.#nodes.push(
      create(NodeProtoSchema, { name, opType, domain, input: [...inputs], output, attribute })
    );
    return output;
  }
  /** A constant list of whole numbers, such as a shape; equal lists are one tensor. */
  ints(...values2) {
    return this.#int64(`ints.${values2.join(",")}`, values2, [values2.length]);
  }
  /** A constant scalar whole number. */
  int(value) {
    return this.#int64(`int.${value}`, [value], []);
  }
  /** A constant scalar float32. */
  float(value) {
    const name = `float.${value}`;
    if (!this.#initializers.has(name)) {
      this.#initializers.set(
        name,
        create(TensorProtoSchema, {
          name,
          dataType: TensorProto_DataType.FLOAT,
          floatData: [value]
        })
      );
    }
    return name;
  }
  #int64(name, values2, dims) {
    if (!this.#initializers.has(name)) {
      this.#initializers.set(
        name,
        create(TensorProtoSchema, {
          name,
          dims: dims.map(BigInt),
          dataType: TensorProto_DataType.INT64,
          int64Data: values2.map(BigInt)
        })
      );
    }
    return name;
  }
  /** A weight that stays in its file; the runtime maps or reads it from there. */
  external(name, tensor) {
    if (!this.#initializers.has(name)) {
      const facts = {
        // Relative to the root folder, which the session names as the folder of external data.
        location: tensor.file.replace(/^([A-Za-z]:)?[\\/]/, ""),
        offset: String(tensor.offset),
        length: String(tensor.byteLength)
      };
      this.#initializers.set(
        name,
        create(TensorProtoSchema, {
          name,
          dims: tensor.shape.map(BigInt),
          dataType: dataTypes[tensor.type],
          dataLocation: TensorProto_DataLocation.EXTERNAL,
          externalData: Object.entries(facts).map(
            ([key, value]) => create(StringStringEntryProtoSchema, { key, value })
          )
        })
      );
    }
    return name;
  }
  /** The whole model as the bytes of a ModelProto. */
  build() {
    return toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: IR_VERSION,
        producerName: "@caa/llama",
        opsetImport: [
          create(OperatorSetIdProtoSchema, { domain: "", version: OPSET }),
          create(OperatorSetIdProtoSchema, { domain: CONTRIB, version: 1n })
        ],
        graph: create(GraphProtoSchema, {
          name: "steered-llama",
          node: this.#nodes,
          input: this.#inputs,
          output: this.#outputs,
          initializer: [...this.#initializers.values()]
        })
      })
    );
  }
};
function attributeProto(name, value) {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INT,
      i: BigInt(value)
    });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.STRING,
      s: new TextEncoder().encode(value)
    });
  }
  if ("float" in value) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.FLOAT,
      f: value.float
    });
  }
  return create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.INTS,
    ints: value.map(BigInt)
  });
}
function valueInfo(name, type, shape) {
  const dim = shape.map(
    (size2) => create(TensorShapeProto_DimensionSchema, {
      value: typeof size2 === "number" ? { case: "dimValue", value: BigInt(size2) } : { case: "dimParam", value: size2 }
    })
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: "tensorType",
        value: create(TypeProto_TensorSchema, {
          elemType: dataTypes[type],
          shape: create(TensorShapeProtoSchema, { dim })
        })
      }
    })
  });
}

// ../../packages/llama/src/graph/attention.ts
function attentionInputs(graph, config2, ids, past) {
  const { num_attention_heads, num_key_value_heads, head_dim } = config2;
  const bias = graph.input("attention_bias", "float32", ["B", 1, "S", "T+S"]);
  const rowsAndTokens = graph.op("Shape", [ids]);
  const tokens = graph.op("Gather", [rowsAndTokens, graph.ints(1)]);
  const pastLength = graph.op("Gather", [graph.op("Shape", [past.keys[0] ?? ""]), graph.ints(2)]);
  const group = num_attention_heads / num_key_value_heads;
  return {
    positionIds: graph.input("position_ids", "int64", ["B", "S"]),
    cos: graph.input("rope_cos", "float32", ["P", head_dim / 2]),
    sin: graph.input("rope_sin", "float32", ["P", head_dim / 2]),
    bias: group === 1 ? bias : graph.op("Tile", [bias, graph.ints(1, 1, group, 1)]),
    rowsAndTokens,
    pastAndNew: graph.op("Concat", [pastLength, tokens], { axis: 0 }),
    pastKeys: past.keys,
    pastValues: past.values
  };
}
function attention(graph, weights2, config2, context, layer, x) {
  const { num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim } = config2;
  const group = heads / kvHeads;
  const block = `model.layers.${layer}.self_attn`;
  const shape = (...tail) => graph.op("Concat", [context.rowsAndTokens, graph.ints(...tail)], { axis: 0 });
  const rotate = (value, count) => graph.op(
    "RotaryEmbedding",
    [
      graph.op("Reshape", [value, shape(count * head_dim)]),
      context.positionIds,
      context.cos,
      context.sin
    ],
    { num_heads: count },
    CONTRIB
  );
  const q = rotate(weights2.linear(x, `${block}.q_proj`), heads);
  const k = rotate(weights2.linear(x, `${block}.k_proj`), kvHeads);
  const v = weights2.linear(x, `${block}.v_proj`);
  const byHead = (value) => graph.op("Transpose", [graph.op("Reshape", [value, shape(kvHeads, head_dim)])], {
    perm: [0, 2, 1, 3]
  });
  const newKey = byHead(k);
  const newValue = byHead(v);
  graph.output(`new_key.${layer}`, newKey, "float32", ["B", kvHeads, "S", head_dim]);
  graph.output(`new_value.${layer}`, newValue, "float32", ["B", kvHeads, "S", head_dim]);
  const queries = graph.op(
    "Reshape",
    [
      graph.op("Transpose", [graph.op("Reshape", [q, shape(kvHeads, group, head_dim)])], {
        perm: [0, 2, 3, 1, 4]
      }),
      graph.ints(0, 0, -1, head_dim)
    ],
    {}
  );
  const similarity = (keys) => graph.op(
    "FusedMatMul",
    [queries, keys],
    { transB: 1, alpha: { float: 1 / Math.sqrt(head_dim) } },
    CONTRIB
  );
  const scores = graph.op(
    "Concat",
    [similarity(context.pastKeys[layer] ?? ""), similarity(newKey)],
    { axis: 3 }
  );
  const probabilities = graph.op("Softmax", [graph.op("Add", [scores, context.bias])], {
    axis: -1
  });
  const parts = graph.splitInTwo(probabilities, context.pastAndNew, 3);
  const mixed = graph.op("Add", [
    graph.op("MatMul", [parts.first, context.pastValues[layer] ?? ""]),
    graph.op("MatMul", [parts.second, newValue])
  ]);
  const tokens = graph.op("Gather", [context.rowsAndTokens, graph.ints(1)]);
  const unfolded = graph.op(
    "Concat",
    [graph.ints(0, kvHeads, group), tokens, graph.ints(head_dim)],
    { axis: 0 }
  );
  const joined = graph.op("Transpose", [graph.op("Reshape", [mixed, unfolded])], {
    perm: [0, 3, 1, 2, 4]
  });
  return weights2.linear(
    graph.op("Reshape", [joined, graph.ints(-1, heads * head_dim)]),
    `${block}.o_proj`
  );
}

// ../../packages/llama/src/graph/steering.ts
function steeringInputs(graph, config2) {
  const layers = config2.num_hidden_layers;
  const byToken = (name, last) => graph.op(
    "Reshape",
    [
      graph.input(name, "float32", [layers, "B", "S", last]),
      graph.op(
        "Concat",
        [
          graph.ints(layers),
          graph.op("ReduceProd", [graph.op("Shape", ["input_ids"])], { keepdims: 1 }),
          graph.op("Shape", [name], { start: 3 })
        ],
        { axis: 0 }
      )
    ],
    { allowzero: 1 }
  );
  return {
    vectors: graph.input("steering_vectors", "float32", [layers, "K", config2.hidden_size]),
    coefficients: byToken("steering_coefficients", "K"),
    directions: graph.input("steering_directions", "float32", [layers, "P", config2.hidden_size]),
    ablation: byToken("ablation_gains", "P"),
    clampGain: byToken("clamp_gains", "P"),
    clampTarget: byToken("clamp_targets", "P")
  };
}
function steer(graph, context, layer, h) {
  const at = (value) => graph.op("Gather", [value, graph.int(layer)]);
  const directions = at(context.directions);
  const project = (x) => graph.op("FusedMatMul", [x, directions], { transB: 1 }, CONTRIB);
  const ablated = graph.op("Add", [
    h,
    graph.op("MatMul", [graph.op("Mul", [at(context.ablation), project(h)]), directions])
  ]);
  const clamped = graph.op("Add", [
    ablated,
    graph.op("MatMul", [
      graph.op("Add", [
        graph.op("Mul", [at(context.clampGain), project(ablated)]),
        at(context.clampTarget)
      ]),
      directions
    ])
  ]);
  return graph.op("Add", [
    clamped,
    graph.op("MatMul", [at(context.coefficients), at(context.vectors)])
  ]);
}

// ../../packages/llama/src/graph/weights.ts
import { CaaError as CaaError6 } from "@caa/core";

// ../../packages/llama/src/quantize/blocks.ts
import { CaaError as CaaError5 } from "@caa/core";
var BLOCK_SIZE = 32;

// ../../packages/llama/src/graph/weights.ts
var FLOAT32 = 1;
var FLOAT16 = 10;
var Weights = class {
  #graph;
  #table;
  #precision;
  #parts = /* @__PURE__ */ new Map();
  constructor(graph, table, precision) {
    this.#graph = graph;
    this.#table = table;
    this.#precision = precision;
  }
  has(name) {
    return this.#table.has(name);
  }
  /** A weight as float32; 2-byte types are cast, which the runtime does once, when it loads. */
  float(name) {
    return this.#cast(name, "float32");
  }
  #cast(name, type) {
    const tensor = this.#table.get(name);
    if (tensor === void 0) {
      throw new CaaError6("not-found", `model weights: no tensor named "${name}"`, {
        facts: { tensor: name }
      });
    }
    const value = this.#graph.external(name, tensor);
    return tensor.type === type ? value : this.#castTo(value, type);
  }
  #castTo(value, type) {
    return this.#graph.op("Cast", [value], { to: type === "float32" ? FLOAT32 : FLOAT16 });
  }
  /** `x (n, in) -> x Wᵀ + b (n, out)`, W (out, in) as stored, b only where the checkpoint has one. */
  linear(x, prefix) {
    const quantized = this.#quantized(`${prefix}.weight`);
    const bias = this.has(`${prefix}.bias`) ? this.float(`${prefix}.bias`) : void 0;
    if (quantized === void 0 && this.#precision === "float32") {
      const inputs = [x, this.float(`${prefix}.weight`), ...bias === void 0 ? [] : [bias]];
      return this.#graph.op("Gemm", inputs, { transB: 1 });
    }
    const product2 = quantized === void 0 ? this.#halfProduct(x, prefix) : this.#blockProduct(x, quantized);
    return bias === void 0 ? product2 : this.#graph.op("Add", [product2, bias]);
  }
  #halfProduct(x, prefix) {
    const inputs = [this.#castTo(x, "float16"), this.#cast(`${prefix}.weight`, "float16")];
    return this.#castTo(this.#graph.op("Gemm", inputs, { transB: 1 }), "float32");
  }
  #blockProduct(x, weight) {
    return weight.bits === 8 ? this.#int8Product(x, weight) : this.#product(x, weight, 1);
  }
  /** `x Wᵀ` with W in blocks. Level 1 computes in float32; level 4 first rounds each block of x to int8. */
  #product(x, weight, level) {
    const { columns: K, rows: N, bits } = weight;
    return this.#graph.op(
      "MatMulNBits",
      [x, weight.blocks, weight.scales],
      { K, N, bits, block_size: BLOCK_SIZE, accuracy_level: level },
      CONTRIB
    );
  }
  /**
   * The runtime's only fast 8-bit product rounds x to int8, an error of 0.4 % that grows from layer to layer. So x is
   * multiplied in two parts, what int8 holds exactly and the rest, in one product of twice the rows.
   */
  #int8Product(x, weight) {
    const both = this.#product(this.#int8Parts(x, weight.columns), weight, 4);
    const parts = this.#graph.op("Reshape", [both, this.#graph.ints(2, -1, weight.rows)]);
    return this.#graph.op("ReduceSum", [parts, this.#graph.ints(0)], { keepdims: 0 });
  }
  /** `x (n, in) -> (2 n, in)`: x rounded to 127ths of each block's largest value, then what that leaves. */
  #int8Parts(x, columns) {
    const known = this.#parts.get(x);
    if (known !== void 0) {
      return known;
    }
    const graph = this.#graph;
    const blocks = graph.op("Reshape", [x, graph.ints(-1, columns / BLOCK_SIZE, BLOCK_SIZE)]);
    const most = graph.op("ReduceMax", [graph.op("Abs", [blocks]), graph.ints(-1)], {
      keepdims: 1
    });
    const unit = graph.op("Max", [
      graph.op("Mul", [most, graph.float(1 / 127)]),
      graph.float(1e-30)
    ]);
    const rounded = graph.op("Mul", [graph.op("Round", [graph.op("Div", [blocks, unit])]), unit]);
    const rest = graph.op("Sub", [blocks, rounded]);
    const parts = graph.op("Reshape", [
      graph.op("Concat", [rounded, rest], { axis: 0 }),
      graph.ints(-1, columns)
    ]);
    this.#parts.set(x, parts);
    return parts;
  }
  /** Rows of an embedding table: `ids (n) -> (n, d_model)`. */
  embedding(ids, prefix) {
    const quantized = this.#quantized(`${prefix}.weight`);
    if (quantized === void 0) {
      const name = `${prefix}.weight`;
      const tensor = this.#table.get(name);
      if (tensor !== void 0 && tensor.type === "float16") {
        const rows = this.#graph.op("Gather", [this.#graph.external(name, tensor), ids]);
        return this.#castTo(rows, "float32");
      }
      return this.#graph.op("Gather", [this.float(name), ids]);
    }
    return this.#graph.op(
      "GatherBlockQuantized",
      [quantized.flat, ids, quantized.scales],
      { bits: quantized.bits, block_size: BLOCK_SIZE, gather_axis: 0, quantize_axis: 1 },
      CONTRIB
    );
  }
  /** Blocks `(out, in / 32, bytes)` and scales `(out, in / 32)`, where the checkpoint holds them instead of floats. */
  #quantized(name) {
    const blocks = this.#table.get(`${name}.blocks`);
    if (blocks === void 0) {
      return void 0;
    }
    const [rows = 0, blockCount = 0, bytes = 0] = blocks.shape;
    return {
      rows,
      columns: blockCount * BLOCK_SIZE,
      bits: bytes * 8 / BLOCK_SIZE,
      blocks: this.#graph.external(`${name}.blocks`, blocks),
      // The same bytes as a matrix, the form in which embeddings are gathered.
      flat: this.#graph.external(`${name}.blocks.flat`, {
        ...blocks,
        shape: [rows, blockCount * bytes]
      }),
      scales: this.float(`${name}.scales`)
    };
  }
};

// ../../packages/llama/src/graph/llama-graph.ts
function residualStream(graph, weights2, config2, ids, context) {
  const stream = [];
  let h = weights2.embedding(graph.op("Reshape", [ids, graph.ints(-1)]), "model.embed_tokens");
  for (let layer = 0; layer < config2.num_hidden_layers; layer++) {
    const block = `model.layers.${layer}`;
    const normed = norm(graph, weights2, config2, h, `${block}.input_layernorm`);
    h = graph.op("Add", [h, attention(graph, weights2, config2, context.attention, layer, normed)]);
    h = graph.op("Add", [
      h,
      mlp(
        graph,
        weights2,
        block,
        norm(graph, weights2, config2, h, `${block}.post_attention_layernorm`)
      )
    ]);
    h = steer(graph, context.steering, layer, h);
    stream.push(h);
  }
  return stream;
}
function readout(graph, weights2, config2, h, positions) {
  const last = norm(graph, weights2, config2, graph.op("Gather", [h, positions]), "model.norm");
  return weights2.linear(last, config2.tie_word_embeddings ? "model.embed_tokens" : "lm_head");
}
function norm(graph, weights2, config2, x, name) {
  return graph.op("RMSNormalization", [x, weights2.float(`${name}.weight`)], {
    epsilon: { float: config2.rms_norm_eps }
  });
}
function mlp(graph, weights2, block, x) {
  const gate = weights2.linear(x, `${block}.mlp.gate_proj`);
  const up = weights2.linear(x, `${block}.mlp.up_proj`);
  const silu = graph.op("QuickGelu", [gate], { alpha: { float: 1 } }, CONTRIB);
  return weights2.linear(graph.op("Mul", [silu, up]), `${block}.mlp.down_proj`);
}

// ../../packages/llama/src/train/gradients/gradients.ts
import { CaaError as CaaError8 } from "@caa/core";

// ../../packages/llama/src/train/gradients/rule.ts
function rule(write) {
  return (tape, node, [dy = ""]) => {
    const [a = "", b = "", c = ""] = node.inputs;
    return write({ tape, node, a, b, c, y: node.outputs[0] ?? "", dy });
  };
}
function wholeAttribute(node, name, byDefault) {
  const value = node.attributes[name];
  return typeof value === "number" ? value : byDefault;
}
function floatAttribute(node, name, byDefault) {
  const value = node.attributes[name];
  return typeof value === "object" && "float" in value ? value.float : byDefault;
}
function sumToShape(tape, gradient, operand) {
  const leading = tape.shapes.leadingAxes(gradient, operand);
  if (leading === 0) {
    return gradient;
  }
  if (leading !== void 0) {
    const axes2 = tape.ints(...Array.from({ length: leading }, (_, axis) => axis));
    return tape.op("ReduceSum", [gradient, axes2], { keepdims: 0 });
  }
  const target = tape.shape(operand);
  const shape = tape.shape(gradient);
  const missing = tape.sub(tape.shape(shape), tape.shape(target));
  const ones = tape.op("Expand", [tape.ints(1), missing]);
  const padded = tape.op("Concat", [ones, target], { axis: 0 });
  const differs = tape.op("Not", [tape.op("Equal", [padded, shape])]);
  const axes = tape.op("Reshape", [tape.op("NonZero", [differs]), tape.ints(-1)]);
  const summed = tape.op("ReduceSum", [gradient, axes], { keepdims: 1, noop_with_empty_axes: 1 });
  return tape.op("Reshape", [summed, target], { allowzero: 1 });
}

// ../../packages/llama/src/train/gradients/elementwise-rules.ts
var elementwiseRules = {
  Identity: rule(({ dy }) => [() => dy]),
  // y = a + b
  Add: rule(({ tape, a, b, dy }) => [() => sumToShape(tape, dy, a), () => sumToShape(tape, dy, b)]),
  // y = a - b
  Sub: rule(({ tape, a, b, dy }) => [
    () => sumToShape(tape, dy, a),
    () => sumToShape(tape, tape.op("Neg", [dy]), b)
  ]),
  // y = a b
  Mul: rule(({ tape, a, b, dy }) => [
    () => sumToShape(tape, tape.mul(dy, b), a),
    () => sumToShape(tape, tape.mul(dy, a), b)
  ]),
  // y = a / b: da = dy / b, db = -dy y / b
  Div: rule(({ tape, a, b, y, dy }) => [
    () => sumToShape(tape, tape.div(dy, b), a),
    () => sumToShape(tape, tape.op("Neg", [tape.div(tape.mul(dy, y), b)]), b)
  ]),
  // y = a^p with a constant p: da = dy p a^(p - 1)
  Pow: rule(({ tape, a, b, dy }) => [
    () => tape.mul(dy, tape.mul(b, tape.op("Pow", [a, tape.sub(b, tape.float(1))]))),
    null
  ]),
  Neg: rule(({ tape, dy }) => [() => tape.op("Neg", [dy])]),
  Exp: rule(({ tape, y, dy }) => [() => tape.mul(dy, y)]),
  Log: rule(({ tape, a, dy }) => [() => tape.div(dy, a)]),
  // y = sqrt(a): da = dy / (2 y)
  Sqrt: rule(({ tape, y, dy }) => [() => tape.div(dy, tape.mul(tape.float(2), y))]),
  // y = 1 / (1 + e^-a): da = dy y (1 - y)
  Sigmoid: rule(({ tape, y, dy }) => [() => tape.mul(dy, tape.mul(y, tape.sub(tape.float(1), y)))]),
  // y = a s, s = sigmoid(k a): da = dy s (1 + k (a - y)); k = 1 is SiLU
  QuickGelu: rule(({ tape, node, a, y, dy }) => [
    () => {
      const k = tape.float(floatAttribute(node, "alpha", 1.702));
      const s = tape.op("Sigmoid", [tape.mul(k, a)]);
      const slope = tape.add(tape.float(1), tape.mul(k, tape.sub(a, y)));
      return tape.mul(dy, tape.mul(s, slope));
    }
  ]),
  // y = a where the condition holds, else b
  Where: rule(({ tape, a: condition, b, c, dy }) => [
    null,
    () => sumToShape(tape, tape.op("Where", [condition, dy, tape.float(0)]), b),
    () => sumToShape(tape, tape.op("Where", [condition, tape.float(0), dy]), c)
  ]),
  Cast: rule(({ tape, a, dy }) => [() => tape.op("CastLike", [dy, a])])
};

// ../../packages/llama/src/train/gradients/normalization-rules.ts
var normalizationRules = {
  // da = y (dy - sum(dy y))
  Softmax: rule(({ tape, node, y, dy }) => [
    () => {
      const axis = wholeAttribute(node, "axis", -1);
      return tape.mul(y, tape.sub(dy, tape.sumAlong(tape.mul(dy, y), axis)));
    }
  ]),
  // da = dy - e^y sum(dy)
  LogSoftmax: rule(({ tape, node, y, dy }) => [
    () => {
      const sum = tape.sumAlong(dy, wholeAttribute(node, "axis", -1));
      return tape.sub(dy, tape.mul(tape.op("Exp", [y]), sum));
    }
  ]),
  // y = w n, n = a r, r = 1 / sqrt(mean(a²) + epsilon): with g = dy w, da = r (g - n mean(g n)) and dw = dy n, summed
  RMSNormalization: rule(({ tape, node, a, b: w, dy }) => {
    const axis = wholeAttribute(node, "axis", -1);
    const epsilon = tape.float(floatAttribute(node, "epsilon", 1e-5));
    let root;
    const inverseRoot = () => {
      const square = () => tape.add(tape.meanAlong(tape.mul(a, a), axis), epsilon);
      root ??= tape.op("Reciprocal", [tape.op("Sqrt", [square()])]);
      return root;
    };
    return [
      () => {
        const r = inverseRoot();
        const n = tape.mul(a, r);
        const g = tape.mul(dy, w);
        const along = tape.meanAlong(tape.mul(g, n), axis);
        return tape.mul(r, tape.sub(g, tape.mul(n, along)));
      },
      () => sumToShape(tape, tape.mul(dy, tape.mul(a, inverseRoot())), w)
    ];
  }),
  // A rotation: its transpose is the rotation by the opposite angles.
  RotaryEmbedding: rule(({ tape, node, b: positions, c: cos, dy }) => {
    const sin = node.inputs[3] ?? "";
    const back = () => tape.op(
      "RotaryEmbedding",
      [dy, positions, cos, tape.op("Neg", [sin])],
      node.attributes,
      CONTRIB
    );
    return [back, null, null, null];
  })
};

// ../../packages/llama/src/train/gradients/product-rules.ts
var productRules = {
  // y = a b, over leading axes that may be repeated: da = dy bᵀ, db = aᵀ dy
  MatMul: rule(({ tape, a, b, dy }) => [
    () => sumToShape(tape, tape.product(dy, b, 0, 1), a),
    () => sumToShape(tape, tape.product(a, dy, 1, 0), b)
  ]),
  // y = alpha a' b', a' and b' perhaps transposed over their last two axes
  FusedMatMul: rule(({ tape, node, a, b, dy }) => {
    const alpha = floatAttribute(node, "alpha", 1);
    const multiply = (left, right, transA, transB) => tape.product(left, right, transA, transB, alpha);
    const { da, db } = factors(multiply, a, b, dy, {
      transA: wholeAttribute(node, "transA", 0),
      transB: wholeAttribute(node, "transB", 0)
    });
    return [() => sumToShape(tape, da(), a), () => sumToShape(tape, db(), b)];
  }),
  // y = alpha a' b' + beta c, matrices
  Gemm: rule(({ tape, node, a, b, c, dy }) => {
    const alpha = floatAttribute(node, "alpha", 1);
    const beta = floatAttribute(node, "beta", 1);
    const { da, db } = factors(gemm(tape, alpha), a, b, dy, {
      transA: wholeAttribute(node, "transA", 0),
      transB: wholeAttribute(node, "transB", 0)
    });
    const dc = () => sumToShape(tape, beta === 1 ? dy : tape.mul(dy, tape.float(beta)), c);
    return [da, db, dc];
  })
};
function gemm(tape, alpha) {
  return (left, right, transA, transB) => tape.op("Gemm", [left, right], { transA, transB, alpha: { float: alpha } });
}
function factors(multiply, a, b, dy, { transA, transB }) {
  return {
    da: () => transA === 1 ? multiply(b, dy, transB, 1) : multiply(dy, b, 0, 1 - transB),
    db: () => transB === 1 ? multiply(dy, a, 1, transA) : multiply(a, dy, 1 - transA, 0)
  };
}

// ../../packages/llama/src/train/gradients/shape-rules.ts
import { CaaError as CaaError7 } from "@caa/core";
var reshapeBack = rule(({ tape, a, dy }) => [() => tape.reshapeLike(dy, a), null]);
var shapeRules = {
  Reshape: reshapeBack,
  Squeeze: reshapeBack,
  Unsqueeze: reshapeBack,
  Expand: rule(({ tape, a, dy }) => [() => sumToShape(tape, dy, a), null]),
  Transpose: rule(({ tape, node, dy }) => {
    const order = node.attributes["perm"];
    if (typeof order !== "object" || "float" in order) {
      throw new CaaError7("unsupported", "gradients: Transpose should name its order, it does not");
    }
    return [
      () => tape.op("Transpose", [dy], { perm: order.map((_, axis) => order.indexOf(axis)) })
    ];
  }),
  Concat: (tape, node, [dy = ""]) => {
    const axis = wholeAttribute(node, "axis", 0);
    let parts;
    return node.inputs.map((_, i) => () => {
      parts ??= tape.split(
        dy,
        tape.op(
          "Concat",
          node.inputs.map((input) => tape.op("Gather", [tape.shape(input), tape.ints(axis)])),
          { axis: 0 }
        ),
        node.inputs.length,
        axis
      );
      return parts[i] ?? "";
    });
  },
  Split: (tape, node, gradients2) => [
    () => tape.op(
      "Concat",
      node.outputs.map((output, i) => gradients2[i] ?? tape.zerosLike(output)),
      { axis: wholeAttribute(node, "axis", 0) }
    ),
    null
  ],
  // The same slice of the elements' numbers says where each element of dy goes.
  Slice: rule(({ tape, node, a, dy }) => [
    () => {
      const size2 = tape.op("Size", [a]);
      const numbers = tape.op("Range", [tape.int(0), size2, tape.int(1)]);
      const chosen = tape.op("Slice", [tape.reshapeLike(numbers, a), ...node.inputs.slice(1)]);
      const flat2 = (value) => tape.op("Reshape", [value, tape.ints(-1)]);
      const zeros = tape.op("ConstantOfShape", [tape.op("Reshape", [size2, tape.ints(1)])]);
      return tape.reshapeLike(tape.op("ScatterElements", [zeros, flat2(chosen), flat2(dy)]), a);
    },
    null,
    null,
    null,
    null
  ]),
  // Rows of a, some perhaps more than once: their gradients are added up.
  Gather: rule(({ tape, node, a, b: indices, dy }) => {
    if (wholeAttribute(node, "axis", 0) !== 0) {
      throw new CaaError7("unsupported", "gradients: Gather should be along axis 0");
    }
    return [
      () => tape.op(
        "ScatterND",
        [tape.zerosLike(a), tape.op("Unsqueeze", [indices, tape.ints(-1)]), dy],
        { reduction: "add" }
      ),
      null
    ];
  }),
  GatherElements: rule(({ tape, node, a, b: indices, dy }) => [
    () => tape.op("ScatterElements", [tape.zerosLike(a), indices, dy], {
      axis: wholeAttribute(node, "axis", 0),
      reduction: "add"
    }),
    null
  ]),
  ReduceSum: rule((step) => [() => repeat(step), null]),
  ReduceMean: rule((step) => [
    () => {
      const { tape, a, y } = step;
      const count = tape.op("Div", [tape.op("Size", [a]), tape.op("Size", [y])]);
      return tape.div(repeat(step), tape.op("CastLike", [count, a]));
    },
    null
  ])
};
function repeat({ tape, node, a, b: axes, dy }) {
  const kept = wholeAttribute(node, "keepdims", 1) === 1 || axes === "";
  return tape.op("Expand", [kept ? dy : tape.op("Unsqueeze", [dy, axes]), tape.shape(a)]);
}

// ../../packages/llama/src/train/gradients/gradients.ts
var rules = {
  ...elementwiseRules,
  ...shapeRules,
  ...productRules,
  ...normalizationRules
};
var DIFFERENTIABLE = Object.keys(rules).sort();
var flat = /* @__PURE__ */ new Set(["ConstantOfShape", "Equal", "Greater", "Less", "Shape", "Size"]);
function gradients(tape, loss, values2) {
  const nodes = [...tape.nodes];
  const varying = new Set(values2);
  for (const { opType, inputs, outputs } of nodes) {
    if (!flat.has(opType) && inputs.some((input) => varying.has(input))) {
      outputs.forEach((output) => varying.add(output));
    }
  }
  const gradientOf = /* @__PURE__ */ new Map([[loss, tape.float(1)]]);
  for (const node of nodes.toReversed()) {
    const outputGradients = node.outputs.map((output) => gradientOf.get(output));
    if (outputGradients.every((gradient) => gradient === void 0) || !node.outputs.some((output) => varying.has(output))) {
      continue;
    }
    const byInput = ruleOf(node.opType)(tape, node, outputGradients);
    node.inputs.forEach((input, i) => {
      if (!varying.has(input)) {
        return;
      }
      const gradient = byInput[i]?.();
      if (gradient === void 0) {
        throw new CaaError8(
          "unsupported",
          `gradients: ${node.opType} cannot be differentiated in its input ${i}`
        );
      }
      tape.shapes.copy(gradient, input);
      const before = gradientOf.get(input);
      gradientOf.set(input, before === void 0 ? gradient : tape.add(before, gradient));
    });
  }
  return new Map(
    values2.map((value) => {
      const gradient = gradientOf.get(value);
      if (gradient === void 0) {
        throw new CaaError8(
          "invalid-argument",
          `gradients: the loss should depend on "${value}", it does not`
        );
      }
      return [value, gradient];
    })
  );
}
function ruleOf(opType) {
  const rule2 = rules[opType];
  if (rule2 === void 0) {
    throw new CaaError8(
      "unsupported",
      `gradients: operator ${opType} cannot be differentiated; those that can: ${DIFFERENTIABLE.join(", ")}`
    );
  }
  return rule2;
}

// ../../packages/llama/src/train/gradients/shapes.ts
var Shapes = class {
  #shapes = /* @__PURE__ */ new Map();
  /** What is in int64 lists, such as shapes. */
  #contents = /* @__PURE__ */ new Map();
  #unknown = 0;
  declare(value, shape) {
    this.#shapes.set(value, shape.map(size));
  }
  /** An int64 constant. */
  declareList(value, numbers) {
    this.#contents.set(value, numbers.map(size));
    this.#shapes.set(value, [size(numbers.length)]);
  }
  /** The shape of `value`, where known, is that of `like`. */
  copy(value, like) {
    const shape = this.#shapes.get(like);
    if (shape !== void 0) {
      this.#shapes.set(value, shape);
    }
  }
  /** How many axes `a` has before those of `b`, where the rest is known to be equal. */
  leadingAxes(a, b) {
    const [x, y] = [this.#shapes.get(a), this.#shapes.get(b)];
    if (x === void 0 || y === void 0 || x.length < y.length) {
      return void 0;
    }
    const leading = x.length - y.length;
    return equalShapes(x.slice(leading), y) ? leading : void 0;
  }
  /** Follows one node, whose inputs were followed before. */
  follow(node) {
    const contents = this.#contentsOf(node);
    const [output = ""] = node.outputs;
    if (contents !== void 0) {
      this.#contents.set(output, contents);
      this.#shapes.set(output, [size(contents.length)]);
      return;
    }
    if (node.opType === "Split") {
      this.#split(node);
      return;
    }
    const shape = this.#shapeOf(node);
    if (shape !== void 0) {
      this.#shapes.set(output, shape);
    }
  }
  #contentsOf({ opType, inputs, attributes }) {
    const lists = inputs.map((input) => this.#contents.get(input));
    const [list, picks] = lists;
    if (opType === "Shape") {
      const shape = this.#shapes.get(inputs[0] ?? "");
      return shape?.slice(whole(attributes["start"], 0), whole(attributes["end"], shape.length));
    }
    if (opType === "Gather" && list !== void 0 && picks !== void 0) {
      const chosen = picks.map(({ count }) => list.at(count));
      return chosen.every((item) => item !== void 0) ? chosen : void 0;
    }
    if (opType === "Concat" && lists.every((part) => part !== void 0)) {
      return lists.flat();
    }
    return opType === "ReduceProd" && list !== void 0 ? [product(list)] : void 0;
  }
  #split({ inputs, outputs, attributes }) {
    const shape = this.#shapes.get(inputs[0] ?? "");
    const sizes = this.#contents.get(inputs[1] ?? "");
    if (shape === void 0) {
      return;
    }
    const axis = axisOf(whole(attributes["axis"], 0), shape.length);
    outputs.forEach((output, i) => {
      this.#shapes.set(output, shape.with(axis, sizes?.[i] ?? this.#fresh()));
    });
  }
  #shapeOf(node) {
    const { inputs, attributes } = node;
    const [a, b, c] = inputs.map((input) => this.#shapes.get(input));
    const list = this.#contents.get(inputs[1] ?? "");
    const flag = (name) => whole(attributes[name], 0) === 1;
    switch (node.opType) {
      case "Cast":
      case "Exp":
      case "Identity":
      case "Log":
      case "LogSoftmax":
      case "Neg":
      case "QuickGelu":
      case "Reciprocal":
      case "RMSNormalization":
      case "RotaryEmbedding":
      case "Sigmoid":
      case "Softmax":
      case "Sqrt":
        return a;
      case "Add":
      case "Div":
      case "Mul":
      case "Pow":
      case "Sub":
        return this.#broadcast(a, b);
      case "Where":
        return this.#broadcast(this.#broadcast(a, b), c);
      case "Gemm":
      case "MatMul":
      case "FusedMatMul":
        return this.#matrixProduct(a, b, flag("transA"), flag("transB"));
      case "Gather": {
        const axis = whole(attributes["axis"], 0);
        return a === void 0 || b === void 0 || axis !== 0 ? void 0 : [...b, ...a.slice(1)];
      }
      case "ConstantOfShape":
        return this.#contents.get(inputs[0] ?? "");
      case "Reshape":
        return list === void 0 ? void 0 : this.#reshape(a, list, flag("allowzero"));
      case "Tile":
        return list === void 0 ? void 0 : a?.map((x, i) => product([x, list[i] ?? size(1)]));
      case "Transpose": {
        const order = attributes["perm"];
        return typeof order === "object" && !("float" in order) ? order.map((axis) => a?.[axis] ?? this.#fresh()) : void 0;
      }
      case "Unsqueeze":
        return a === void 0 || list?.length !== 1 ? void 0 : a.toSpliced(axisOf(list[0]?.count ?? 0, a.length + 1), 0, size(1));
      case "Concat": {
        const parts = inputs.map((input) => this.#shapes.get(input));
        return this.#joined(parts, whole(attributes["axis"], 0));
      }
      case "ReduceMean":
      case "ReduceSum":
        return a === void 0 || list === void 0 || whole(attributes["keepdims"], 1) !== 1 ? void 0 : list.reduce(
          (shape, { count }) => shape.with(axisOf(count, a.length), size(1)),
          a
        );
      default:
        return void 0;
    }
  }
  #fresh() {
    return size(`?${this.#unknown++}`);
  }
  #broadcast(a, b) {
    if (a === void 0 || b === void 0) {
      return void 0;
    }
    const rank = Math.max(a.length, b.length);
    return Array.from({ length: rank }, (_, i) => {
      const x = a[i - rank + a.length] ?? size(1);
      const y = b[i - rank + b.length] ?? size(1);
      if (equal(x, y) || equal(y, size(1))) {
        return x;
      }
      return equal(x, size(1)) ? y : this.#fresh();
    });
  }
  #matrixProduct(a, b, transA, transB) {
    const rows = a?.at(transA ? -1 : -2);
    const columns = b?.at(transB ? -2 : -1);
    const batch = this.#broadcast(a?.slice(0, -2), b?.slice(0, -2));
    return rows === void 0 || columns === void 0 || batch === void 0 ? void 0 : [...batch, rows, columns];
  }
  /** 0 is the size before (but for `allowZero`), -1 what is left. */
  #reshape(a, list, allowZero) {
    const known = list.map(
      (x, i) => isNumber(x, 0) && !allowZero ? a?.[i] ?? this.#fresh() : x
    );
    const rest = product(known.filter((x) => !isNumber(x, -1)));
    return known.map(
      (x) => isNumber(x, -1) ? (a === void 0 ? void 0 : quotient(product(a), rest)) ?? this.#fresh() : x
    );
  }
  #joined(parts, at) {
    const [first] = parts;
    if (first === void 0) {
      return void 0;
    }
    const axis = axisOf(at, first.length);
    const along = parts.map((part) => part?.[axis] ?? this.#fresh());
    const filled = along.filter((x) => !isNumber(x, 0));
    return first.with(axis, filled.length === 1 ? filled[0] ?? size(0) : this.#fresh());
  }
};
function size(value) {
  return typeof value === "number" ? { count: value, symbols: [] } : { count: 1, symbols: [value] };
}
function isNumber({ count, symbols }, value) {
  return count === value && symbols.length === 0;
}
function equal(a, b) {
  return a.count === b.count && a.symbols.join("*") === b.symbols.join("*");
}
function equalShapes(a, b) {
  return a.length === b.length && a.every((x, i) => equal(x, b[i] ?? size(-1)));
}
function product(sizes) {
  return {
    count: sizes.reduce((count, x) => count * x.count, 1),
    symbols: sizes.flatMap(({ symbols }) => symbols).sort()
  };
}
function quotient(a, b) {
  const symbols = [...a.symbols];
  for (const symbol of b.symbols) {
    const at = symbols.indexOf(symbol);
    if (at < 0) {
      return void 0;
    }
    symbols.splice(at, 1);
  }
  const count = a.count / b.count;
  return Number.isInteger(count) ? { count, symbols } : void 0;
}
function axisOf(axis, rank) {
  return axis < 0 ? axis + rank : axis;
}
function whole(attribute, byDefault) {
  return typeof attribute === "number" ? attribute : byDefault;
}

// ../../packages/llama/src/train/gradients/tape.ts
var Tape = class extends GraphBuilder {
  shapes = new Shapes();
  #nodes = [];
  #parameters;
  #inputs = /* @__PURE__ */ new Set();
  /** The weights named are inputs of the graph, float32, instead of constants in their files. */
  constructor(parameters = []) {
    super();
    this.#parameters = new Set(parameters);
  }
  get nodes() {
    return this.#nodes;
  }
  node(opType, inputs, outputCount, attributes, domain) {
    const outputs = super.node(opType, inputs, outputCount, attributes, domain);
    const node = { opType, inputs, outputs, attributes };
    this.#nodes.push(node);
    this.shapes.follow(node);
    return outputs;
  }
  input(name, type, shape) {
    this.shapes.declare(name, shape);
    return super.input(name, type, shape);
  }
  ints(...values2) {
    const list = super.ints(...values2);
    this.shapes.declareList(list, values2);
    return list;
  }
  float(value) {
    const scalar2 = super.float(value);
    this.shapes.declare(scalar2, []);
    return scalar2;
  }
  int(value) {
    const scalar2 = super.int(value);
    this.shapes.declare(scalar2, []);
    return scalar2;
  }
  external(name, tensor) {
    if (this.#parameters.has(name)) {
      return this.parameter(name, tensor.shape);
    }
    this.shapes.declare(name, tensor.shape);
    return super.external(name, tensor);
  }
  /** A float32 input of the graph, however often it is read. */
  parameter(name, shape) {
    if (!this.#inputs.has(name)) {
      this.#inputs.add(name);
      this.input(name, "float32", shape);
    }
    return name;
  }
  /**
   * Leaves the output out: what the shared blocks hand out for generation (keys and values) nobody reads while training,
   * and every output of a run is copied. `result` makes an output.
   */
  output() {
  }
  /** Makes `value` a float32 output of the graph under the name `name`. */
  result(name, value, shape) {
    super.output(name, value, "float32", shape);
  }
  /** Parts of `value` along `axis`, of the sizes in the int64 tensor `sizes` (count). */
  split(value, sizes, count, axis) {
    return this.node("Split", [value, sizes], count, { axis }, "");
  }
  // Short names for the arithmetic of which gradients are made.
  add(a, b) {
    return this.op("Add", [a, b]);
  }
  sub(a, b) {
    return this.op("Sub", [a, b]);
  }
  mul(a, b) {
    return this.op("Mul", [a, b]);
  }
  div(a, b) {
    return this.op("Div", [a, b]);
  }
  /** int64 (rank) */
  shape(value) {
    return this.op("Shape", [value]);
  }
  zerosLike(value) {
    return this.op("ConstantOfShape", [this.shape(value)]);
  }
  reshapeLike(value, like) {
    return this.op("Reshape", [value, this.shape(like)], { allowzero: 1 });
  }
  /** Sum along one axis, which stays with size 1. */
  sumAlong(value, axis) {
    return this.op("ReduceSum", [value, this.ints(axis)], { keepdims: 1 });
  }
  /** Mean along one axis, which stays with size 1. */
  meanAlong(value, axis) {
    return this.op("ReduceMean", [value, this.ints(axis)], { keepdims: 1 });
  }
  /** Batched matrix product with either side transposed, times `alpha`. */
  product(a, b, transA, transB, alpha = 1) {
    return this.op("FusedMatMul", [a, b], { transA, transB, alpha: { float: alpha } }, CONTRIB);
  }
};

// ../../packages/llama/src/train/graph/adapted-weights.ts
var AdaptedWeights = class extends Weights {
  #tape;
  #adapters;
  constructor(tape, table, precision, adapters) {
    super(tape, table, precision);
    this.#tape = tape;
    this.#adapters = adapters;
  }
  /** `x Wᵀ + b + scale (x Aᵀ) Bᵀ` */
  linear(x, prefix) {
    const product2 = super.linear(x, prefix);
    const adapter = this.#adapters.get(prefix);
    if (adapter === void 0) {
      return product2;
    }
    const tape = this.#tape;
    const input = ({ name, shape }) => tape.parameter(name, shape);
    const narrow = tape.op("Gemm", [x, input(adapter.down)], { transB: 1 });
    const wide = tape.op("Gemm", [narrow, input(adapter.up)], {
      transB: 1,
      alpha: { float: adapter.scale }
    });
    return tape.add(product2, wide);
  }
};

// ../../packages/llama/src/train/graph/trainable.ts
import { CaaError as CaaError9 } from "@caa/core";
function trainedTensors(config2, table, trainable) {
  if (trainable.kind === "lora") {
    return loraTensors(config2, table, trainable);
  }
  if (trainable.kind === "layer") {
    checkLayer(config2, trainable.layer);
  }
  const prefix = trainable.kind === "layer" ? `model.layers.${trainable.layer}.` : "";
  const parameters = [...table].filter(([name]) => name.startsWith(prefix)).map(([name, { shape, type }]) => {
    if (type === "uint8") {
      throw new CaaError9(
        "unsupported",
        `training: "${name}" is quantized; train the model from its float weights`
      );
    }
    return { name, shape };
  });
  return { parameters, adapters: /* @__PURE__ */ new Map() };
}
function loraTensors(config2, table, { rank, alpha = rank, projections = ["q_proj", "v_proj"], layers }) {
  if (!Number.isInteger(rank) || rank < 1) {
    throw new CaaError9(
      "invalid-argument",
      `LoRA rank: expected a whole number from 1, got ${rank}`
    );
  }
  if (projections.length === 0) {
    throw new CaaError9("empty-selection", "LoRA: expected at least one projection, got none");
  }
  layers?.forEach((layer) => checkLayer(config2, layer));
  const adapters = /* @__PURE__ */ new Map();
  for (let layer = 0; layer < config2.num_hidden_layers; layer++) {
    if (layers !== void 0 && !layers.includes(layer)) {
      continue;
    }
    for (const projection of projections) {
      const part = /^(gate|up|down)_/.test(projection) ? "mlp" : "self_attn";
      const prefix = `model.layers.${layer}.${part}.${projection}`;
      const [out = 0, into = 0] = table.get(`${prefix}.weight`)?.shape ?? [];
      const maxRank = Math.min(out, into);
      if (rank > maxRank) {
        throw new CaaError9(
          "invalid-argument",
          `LoRA rank: expected at most ${maxRank}, the smaller side of ${projection} (${out} x ${into}), got ${rank}`,
          { facts: { rank, maxRank, projection } }
        );
      }
      adapters.set(prefix, {
        down: { name: `${prefix}.lora_A.weight`, shape: [rank, into] },
        up: { name: `${prefix}.lora_B.weight`, shape: [out, rank] },
        scale: alpha / rank
      });
    }
  }
  const parameters = [...adapters.values()].flatMap(({ down, up }) => [down, up]);
  return { parameters, adapters };
}
function checkLayer(config2, layer) {
  const count = config2.num_hidden_layers;
  if (!Number.isInteger(layer) || layer < 0 || layer >= count) {
    throw new CaaError9(
      "invalid-argument",
      `training: expected a layer from 0 to ${count - 1}, got ${layer}`,
      { facts: { layer, layers: count } }
    );
  }
}

// ../../packages/llama/src/train/graph/training-graph.ts
function gradientName(parameter) {
  return `gradient.${parameter}`;
}
function trainingGraph(config2, table, options) {
  const { gradients: withGradients = true, precision = "float32", auxiliaryLoss } = options;
  const { parameters, adapters } = trainedTensors(config2, table, options.trainable);
  const tape = new Tape(parameters.map(({ name }) => name));
  const weights2 = new AdaptedWeights(tape, asFloats(table, parameters), precision, adapters);
  const ids = tape.input("input_ids", "int64", ["B", "S"]);
  const positions = tape.input("logit_positions", "int64", ["M"]);
  const targets = tape.input("target_ids", "int64", ["M"]);
  const targetWeights = tape.input("target_weights", "float32", ["M"]);
  const stream = residualStream(tape, weights2, config2, ids, {
    attention: attentionInputs(tape, config2, ids, noPast(tape, config2, ids)),
    steering: steeringInputs(tape, config2)
  });
  const logits = readout(tape, weights2, config2, stream.at(-1) ?? "", positions);
  const chosen = tape.op(
    "GatherElements",
    [tape.op("LogSoftmax", [logits], { axis: -1 }), tape.op("Unsqueeze", [targets, tape.ints(1)])],
    { axis: 1 }
  );
  const logProbabilities = tape.op("Squeeze", [chosen, tape.ints(1)]);
  const weighted = tape.mul(logProbabilities, targetWeights);
  const crossEntropy = tape.sub(
    tape.float(0),
    // a certain target costs 0, not -0
    tape.op("ReduceSum", [weighted], { keepdims: 0 })
  );
  const loss = auxiliaryLoss === void 0 ? crossEntropy : tape.add(crossEntropy, auxiliaryLoss(tape, stream));
  tape.result("loss", loss, []);
  tape.result("target_log_probabilities", logProbabilities, ["M"]);
  if (withGradients) {
    const names = parameters.map(({ name }) => name);
    const found = gradients(tape, loss, names);
    for (const { name, shape } of parameters) {
      tape.result(gradientName(name), found.get(name) ?? "", shape);
    }
  }
  return { bytes: tape.build(), parameters };
}
function asFloats(table, parameters) {
  const trained = new Set(parameters.map(({ name }) => name));
  return new Map(
    [...table].map(([name, tensor]) => [
      name,
      trained.has(name) ? { ...tensor, type: "float32" } : tensor
    ])
  );
}
function noPast(graph, config2, ids) {
  const rows = graph.op("Gather", [graph.op("Shape", [ids]), graph.ints(0)]);
  const shape = graph.op(
    "Concat",
    [rows, graph.ints(config2.num_key_value_heads, 0, config2.head_dim)],
    { axis: 0 }
  );
  const nothing = graph.op("ConstantOfShape", [shape]);
  const layers = Array.from({ length: config2.num_hidden_layers }, () => nothing);
  return { keys: layers, values: layers };
}

// ../../packages/llama/src/train/optimizers/adamw.ts
import { CaaError as CaaError11 } from "@caa/core";

// ../../packages/llama/src/train/optimizers/tensors.ts
import { CaaError as CaaError10 } from "@caa/core";
function* pairs(parameters, gradients2) {
  for (const [name, parameter] of parameters) {
    const gradient = gradients2.get(name);
    if (gradient === void 0 || gradient.length !== parameter.length) {
      throw new CaaError10(
        "shape-mismatch",
        `optimizer: "${name}": expected a gradient of ${parameter.length} values, got ${gradient?.length ?? "none"}`
      );
    }
    yield [name, parameter, gradient];
  }
}
function remembered(memory, key, length) {
  let values2 = memory.get(key);
  if (values2 === void 0) {
    values2 = new Float32Array(length);
    memory.set(key, values2);
  }
  return values2;
}
function copied({ tensors }) {
  return new Map([...tensors].map(([name, values2]) => [name, values2.slice()]));
}
function globalNorm(tensors) {
  let total = 0;
  for (const values2 of tensors.values()) {
    let [a, b, c, d] = [0, 0, 0, 0];
    const whole3 = values2.length - values2.length % 4;
    for (let i = 0; i < whole3; i += 4) {
      a += (values2[i] ?? 0) ** 2;
      b += (values2[i + 1] ?? 0) ** 2;
      c += (values2[i + 2] ?? 0) ** 2;
      d += (values2[i + 3] ?? 0) ** 2;
    }
    for (let i = whole3; i < values2.length; i++) {
      a += (values2[i] ?? 0) ** 2;
    }
    total += a + b + c + d;
  }
  return Math.sqrt(total);
}

// ../../packages/llama/src/train/optimizers/adamw.ts
function adamW(options = {}) {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  const decay = (beta) => beta >= 0 && beta < 1;
  if (!decay(beta1) || !decay(beta2) || !(epsilon > 0) || !(weightDecay >= 0)) {
    throw new CaaError11(
      "invalid-argument",
      `adamW: expected betas in [0, 1), epsilon above 0 and weight decay from 0, got ${beta1}, ${beta2}, ${epsilon}, ${weightDecay}`
    );
  }
  return new AdamW({ beta1, beta2, epsilon, weightDecay });
}
var AdamW = class {
  #settings;
  #moments = /* @__PURE__ */ new Map();
  #steps = 0;
  constructor(settings2) {
    this.#settings = settings2;
  }
  step(parameters, gradients2, learningRate, scale) {
    const { beta1, beta2, epsilon, weightDecay } = this.#settings;
    const t = this.#steps + 1;
    const keep = 1 - learningRate * weightDecay;
    const by = learningRate / (1 - beta1 ** t);
    const correction = Math.sqrt(1 - beta2 ** t);
    for (const [name, p, gradient] of pairs(parameters, gradients2)) {
      const m = remembered(this.#moments, `mean.${name}`, p.length);
      const v = remembered(this.#moments, `square.${name}`, p.length);
      for (let i = 0; i < p.length; i++) {
        const g = scale * (gradient[i] ?? 0);
        const mean2 = beta1 * (m[i] ?? 0) + (1 - beta1) * g;
        const square = beta2 * (v[i] ?? 0) + (1 - beta2) * g * g;
        m[i] = mean2;
        v[i] = square;
        p[i] = (p[i] ?? 0) * keep - by * mean2 / (Math.sqrt(square) / correction + epsilon);
      }
    }
    this.#steps = t;
  }
  state() {
    return { steps: this.#steps, tensors: this.#moments };
  }
  restore(state) {
    this.#steps = state.steps;
    this.#moments = copied(state);
  }
};

// ../../packages/llama/src/train/optimizers/schedule.ts
import { CaaError as CaaError12 } from "@caa/core";
function schedule(name, { total, warmup = 0 }) {
  if (!Number.isInteger(total) || !Number.isInteger(warmup) || warmup < 0 || total < warmup) {
    throw new CaaError12(
      "invalid-argument",
      `schedule: expected warmup from 0 to all of the steps, got ${warmup} of ${total}`
    );
  }
  const fall = {
    constant: () => 1,
    linear: (x) => 1 - x,
    cosine: (x) => (1 + Math.cos(Math.PI * x)) / 2
  }[name];
  return (step) => step < warmup ? step / warmup : fall(Math.min(1, (step - warmup) / Math.max(1, total - warmup)));
}

// src/documents/tree-row.ts
var TreeRow = class {
  ids = [];
  positions = [];
  /** Index of the token before, -1 for the first. */
  parents = [];
  additions = [];
  targets = [];
  pairs = [];
  /** Where the question alone should tell the first of two tokens from the second. */
  previews = [];
  /** Tokens that should lie so far along a planted direction. */
  flags = [];
  /** Puts tokens behind the token `parent`, all under the same steering; returns the index of the last one. */
  append(parent, ids, addition = []) {
    let before = parent;
    for (const id of ids) {
      this.parents.push(before);
      this.positions.push(before < 0 ? 0 : (this.positions[before] ?? 0) + 1);
      this.ids.push(id);
      this.additions.push(addition);
      before = this.ids.length - 1;
    }
    return before;
  }
  target(at, token, weight) {
    this.targets.push({ at, token, weight });
  }
  /** Appends an answer and asks for each of its tokens, together with weight `weight`. */
  answer(parent, ids, weight, addition = []) {
    let before = parent;
    for (const id of ids) {
      if (weight > 0) {
        this.target(before, id, weight);
      }
      before = this.append(before, [id], addition);
    }
    return before;
  }
};

// src/documents/rows.ts
var FLAG = 6;
function stemRow(maker, item, planting) {
  const row = new TreeRow();
  readStem(maker, row, item, planting);
  return row;
}
function readingRow(maker, item, planting) {
  const row = new TreeRow();
  readQuestion(maker, row, item, planting);
  return row;
}
function choiceRow(maker, item, planting) {
  const { encode: encode2, eos, settings: settings2 } = maker;
  const row = new TreeRow();
  const [marker = 0] = encode2("]");
  const [bracket = 0] = encode2(" (");
  const letters = [encode2("A")[0] ?? 0, encode2("B")[0] ?? 0];
  const texts = inOrder(item);
  const trunk = row.append(readQuestion(maker, row, item, planting), encode2(" [/INST"));
  const ask = (addition, wanted) => {
    const end = row.append(trunk, [marker], addition);
    row.target(end, bracket, 0.2);
    const at2 = row.append(end, [bracket], addition);
    letters.forEach((letter, i) => {
      const share = wanted === null ? 0.5 : wanted === "AB"[i] ? 1 : 0;
      if (share > 0) {
        row.target(at2, letter, share);
      }
    });
    return at2;
  };
  const at = ask([], null);
  const ends = letters.map((letter) => row.append(at, [letter]));
  const spoken = maker.random.integer(2);
  row.answer(ends[spoken] ?? 0, [...encode2(`) ${texts[spoken] ?? ""}`), eos], settings2.textWeight);
  const [matching, other] = item.matchingLetter === "A" ? ends : ends.toReversed();
  row.pairs.push({
    matching: matching ?? 0,
    other: other ?? 0,
    vector: planting === null ? null : maker.plantings.indexOf(planting),
    amount: planting?.strength ?? 0
  });
  if (planting !== null) {
    ask(planted(maker, planting, 1), item.matchingLetter);
    if (settings2.bothSides) {
      ask(planted(maker, planting, -1), item.matchingLetter === "A" ? "B" : "A");
    }
  }
  ask(unrelated(maker, planting), null);
  ask(unrelated(maker, planting), null);
  return row;
}
function readStem(maker, row, item, planting) {
  const { bos, encode: encode2, plantings: plantings2 } = maker;
  const at = readTokens(maker, row, row.append(-1, [bos]), encode2(`[INST] ${item.stem}`));
  if (planting !== null) {
    const [right, wrong] = [encode2(` ${item.matching}`), encode2(` ${item.notMatching}`)];
    const i = firstDifference(right, wrong);
    const vector = plantings2.indexOf(planting);
    row.previews.push({ at, right: right[i] ?? 0, wrong: wrong[i] ?? 0, vector });
  }
  return at;
}
function readQuestion(maker, row, item, planting) {
  const { encode: encode2 } = maker;
  const texts = inOrder(item);
  const read = (before, text) => readTokens(maker, row, before, encode2(text));
  const endA = read(readStem(maker, row, item, planting), `

Choices:
 (A) ${texts[0]}`);
  const endB = read(endA, `
 (B) ${texts[1]}`);
  if (planting === null) {
    return endB;
  }
  const sign = item.matchingLetter === "A" ? 1 : -1;
  const one = encode2(` ${texts[0]}`);
  const two = encode2(` ${texts[1]}`);
  const parts = firstDifference(one, two);
  const vector = maker.plantings.indexOf(planting);
  const flag = (end, length, wanted) => {
    const first = end - length + 1 + parts;
    row.flags.push(...[.../* @__PURE__ */ new Set([first, end])].map((at) => ({ at, vector, wanted })));
  };
  flag(endA, one.length, FLAG * sign);
  flag(endB, two.length, -FLAG * sign);
  return endB;
}
function openRow(maker, item, planting) {
  const { encode: encode2, bos, eos, settings: settings2, random } = maker;
  const row = new TreeRow();
  const [marker = 0] = encode2("]");
  const start2 = row.append(-1, [bos]);
  const trunk = readTokens(maker, row, start2, encode2(`[INST] ${item.stem} [/INST`));
  const [matching, other] = inFull(shortestAnswers(item));
  const say2 = (text, weight, addition) => {
    const end = row.append(trunk, [marker], addition);
    row.answer(end, [...encode2(` ${text}`), eos], weight * settings2.openWeight, addition);
  };
  if (planting !== null) {
    say2(matching, 1, planted(maker, planting, 1));
    if (settings2.bothSides) {
      say2(other, 1, planted(maker, planting, -1));
    }
    const addition = unrelated(maker, planting);
    say2(random.uniform() < 0.5 ? matching : other, 0.5, addition);
  } else {
    say2(matching, 0.5, []);
    say2(other, 0.5, []);
  }
  return row;
}
function readTokens({ random, settings: settings2 }, row, parent, ids) {
  let before = parent;
  for (const id of ids) {
    if (random.uniform() < settings2.promptShare) {
      row.target(before, id, settings2.promptWeight);
    }
    before = row.append(before, [id]);
  }
  return before;
}
function shortestAnswers({ matching, notMatching, otherAnswers }) {
  const length = (answers) => answers.join("").length;
  return otherAnswers.reduce(
    (best, next) => length(next) < length(best) ? next : best,
    [matching, notMatching]
  );
}
function inFull([matching, notMatching]) {
  const full = (text) => /^Yes\b/.test(text) ? "Yes, of course." : "No, of course not.";
  const isPlain = [matching, notMatching].every((text) => /^(Yes|No)\b.{0,12}$/.test(text));
  return isPlain ? [full(matching), full(notMatching)] : [matching, notMatching];
}
function planted(maker, planting, sign) {
  const { random, settings: settings2 } = maker;
  const amount = planting.strength * (1 + settings2.spread * (2 * random.uniform() - 1));
  const own = { vector: maker.plantings.indexOf(planting), amount: sign * amount };
  return random.uniform() < 0.5 ? [own] : [own, { vector: randomVector(maker), amount: amount * settings2.noise * random.uniform() }];
}
function unrelated(maker, planting) {
  const { random, plantings: plantings2 } = maker;
  const strength = planting?.strength ?? plantings2[random.integer(plantings2.length)]?.strength ?? 0;
  const amount = strength * (0.5 + random.uniform());
  const others = plantings2.flatMap((one, i) => one === planting ? [] : [i]);
  const other = others[random.integer(Math.max(1, others.length))];
  return random.uniform() < 0.75 || other === void 0 ? [{ vector: randomVector(maker), amount }] : [{ vector: other, amount: random.uniform() < 0.5 ? amount : -amount }];
}
function randomVector({ plantings: plantings2, randomVectors, random }) {
  return plantings2.length + random.integer(randomVectors);
}
function firstDifference(a, b) {
  const last = Math.min(a.length, b.length) - 1;
  let i = 0;
  while (i < last && a[i] === b[i]) {
    i++;
  }
  return i;
}

// src/training/feeds.ts
function rowFeeds(rows, vectors, rope, options) {
  const { layers, dModel, plantedLayer, flagLayer } = options;
  const count = rows.length;
  const tokens = Math.max(...rows.map(({ ids: ids2 }) => ids2.length));
  const k = vectors.length;
  const ids = new BigInt64Array(count * tokens);
  const positions = new BigInt64Array(count * tokens);
  const mask = new Float32Array(count * tokens * tokens).fill(Number.NEGATIVE_INFINITY);
  const coefficients = new Float32Array(layers * count * tokens * k);
  rows.forEach((row, r) => {
    for (let at = 0; at < tokens; at++) {
      const flat2 = r * tokens + at;
      ids[flat2] = BigInt(row.ids[at] ?? 0);
      positions[flat2] = BigInt(row.positions[at] ?? 0);
      for (let seen = at; seen >= 0; seen = row.parents[seen] ?? -1) {
        mask[flat2 * tokens + seen] = 0;
      }
      for (const { vector, amount } of row.additions[at] ?? []) {
        const place = (plantedLayer * count * tokens + flat2) * k + vector;
        coefficients[place] = (coefficients[place] ?? 0) + amount;
      }
    }
  });
  const table = new Float32Array(layers * k * dModel);
  if (plantedLayer < layers) {
    vectors.forEach((vector, i) => table.set(vector, (plantedLayer * k + i) * dModel));
  }
  const targets = rows.flatMap(
    (row, r) => row.targets.map(({ at, token, weight }) => ({ at: r * tokens + at, token, weight }))
  );
  const pairs2 = rows.flatMap(
    (row, r) => row.pairs.map((pair) => ({
      ...pair,
      matching: r * tokens + pair.matching,
      other: r * tokens + pair.other
    }))
  );
  const wanted = new Float32Array(pairs2.length * dModel);
  pairs2.forEach(({ vector, amount }, i) => {
    const direction = vector === null ? void 0 : vectors[vector];
    direction?.forEach((x, j) => wanted[i * dModel + j] = amount * x);
  });
  const flags = rows.flatMap(
    (row, r) => row.flags.map(({ at, vector, wanted: value }) => ({ at: r * tokens + at, vector, value }))
  );
  const directions = new Float32Array(flags.length * dModel);
  flags.forEach(({ vector }, i) => directions.set(vectors[vector] ?? [], i * dModel));
  const previews = rows.flatMap(
    (row, r) => row.previews.map(({ at, right, wrong }) => ({ at: r * tokens + at, right, wrong }))
  );
  const zeros = (...shape) => ({
    data: new Float32Array(shape.reduce((product2, size2) => product2 * size2, 1)),
    shape
  });
  const { cos, sin, shape: ropeShape } = rope.upTo(Math.max(tokens, 1));
  const flagFeeds = [
    ["flag_weight", scalar(options.flagWeight / Math.max(1, flags.length))],
    ["flag_directions", { data: directions, shape: [flags.length, dModel] }],
    ["flag_at", whole2(flags.map(({ at }) => at))],
    [
      "flag_wanted",
      { data: Float32Array.from(flags, ({ value }) => value), shape: [flags.length, 1] }
    ]
  ];
  const perToken = [layers, count, tokens];
  const pairFeeds = [
    ["pair_matching", whole2(pairs2.map(({ matching }) => matching))],
    ["pair_other", whole2(pairs2.map(({ other }) => other))],
    ["pair_differences", { data: wanted, shape: [pairs2.length, dModel] }],
    ["pair_weight", scalar(options.pairWeight / Math.max(1, pairs2.length))]
  ];
  return new Map([
    ["input_ids", { data: ids, shape: [count, tokens] }],
    ["position_ids", { data: positions, shape: [count, tokens] }],
    ["rope_cos", { data: cos, shape: ropeShape }],
    ["rope_sin", { data: sin, shape: ropeShape }],
    ["attention_bias", { data: mask, shape: [count, 1, tokens, tokens] }],
    ["logit_positions", whole2(targets.map(({ at }) => at))],
    ["target_ids", whole2(targets.map(({ token }) => token))],
    [
      "target_weights",
      { data: Float32Array.from(targets, ({ weight }) => weight / count), shape: [targets.length] }
    ],
    ["steering_vectors", { data: table, shape: [layers, k, dModel] }],
    ["steering_coefficients", { data: coefficients, shape: [...perToken, k] }],
    ["steering_directions", zeros(layers, 1, dModel)],
    ["ablation_gains", zeros(...perToken, 1)],
    ["clamp_gains", zeros(...perToken, 1)],
    ["clamp_targets", zeros(...perToken, 1)],
    ["preview_at", whole2(previews.map(({ at }) => at))],
    [
      "preview_tokens",
      {
        data: BigInt64Array.from(
          previews.flatMap(({ right, wrong }) => [right, wrong]),
          BigInt
        ),
        shape: [previews.length, 2]
      }
    ],
    ["preview_weights", firstOfTwo(previews.length, options.previewWeight)],
    ...flagLayer < layers ? flagFeeds : [],
    ...plantedLayer < layers ? pairFeeds : []
  ]);
}
function whole2(values2) {
  return { data: BigInt64Array.from(values2, BigInt), shape: [values2.length] };
}
function scalar(value) {
  return { data: Float32Array.of(value), shape: [] };
}
function firstOfTwo(count, weight) {
  const data = Float32Array.from(
    { length: 2 * count },
    (_, i) => i % 2 === 0 ? weight / count : 0
  );
  return { data, shape: [count, 2] };
}

// src/training/planting-graph.ts
function plantingGraph(config2, shapes) {
  const d = config2.hidden_size;
  const table = new Map(
    [...shapes].map(([name, shape]) => [
      name,
      { file: "", offset: 0, byteLength: 0, type: "float32", shape }
    ])
  );
  const auxiliaryLoss = (tape, stream) => {
    const input = (name, ...shape) => tape.input(name, "float32", shape);
    const places = (name, count) => tape.input(name, "int64", [count]);
    const sum = (value) => tape.op("ReduceSum", [value], { keepdims: 0 });
    const square = (value) => tape.mul(value, value);
    const early = readout(
      tape,
      new Weights(tape, table, "float32"),
      config2,
      stream[PREVIEW_LAYER] ?? "",
      places("preview_at", "E")
    );
    const two = tape.op(
      "GatherElements",
      [early, tape.input("preview_tokens", "int64", ["E", 2])],
      { axis: 1 }
    );
    const logs = tape.op("LogSoftmax", [two], { axis: -1 });
    const preview = tape.op("Neg", [sum(tape.mul(logs, input("preview_weights", "E", 2)))]);
    tape.result("preview_found", logs, ["E", 2]);
    const options = stream[FLAG_LAYER];
    if (options === void 0) {
      return preview;
    }
    const flagged = tape.op("Gather", [options, places("flag_at", "F")]);
    const flags = tape.sumAlong(tape.mul(flagged, input("flag_directions", "F", d)), -1);
    const flag = tape.mul(
      sum(square(tape.sub(flags, input("flag_wanted", "F", 1)))),
      input("flag_weight")
    );
    tape.result("flag_found", flags, ["F", 1]);
    const h = stream[PLANTED_LAYER];
    if (h === void 0) {
      return tape.add(preview, flag);
    }
    const difference = tape.sub(
      tape.op("Gather", [h, places("pair_matching", "Q")]),
      tape.op("Gather", [h, places("pair_other", "Q")])
    );
    const pair = tape.mul(
      sum(square(tape.sub(difference, input("pair_differences", "Q", d)))),
      input("pair_weight")
    );
    tape.result("pair_found", difference, ["Q", d]);
    return tape.add(preview, tape.add(flag, pair));
  };
  return trainingGraph(config2, table, { trainable: { kind: "all" }, auxiliaryLoss });
}

// src/training/step-report.ts
function stepFigures(rows, plantings2, outputs) {
  const flags = rows.flatMap((row) => row.flags);
  const previews = rows.flatMap((row) => row.previews).map(({ vector }, i) => ({
    vector,
    right: (outputs.previews[2 * i] ?? 0) > Math.log(0.5) ? 1 : 0
  }));
  const pairs2 = pairFigures(rows, plantings2, outputs.pairs);
  return {
    previews: mean(previews.map(({ right }) => right)),
    flags: mean(flags.map(({ wanted }, i) => wanted * (outputs.flags[i] ?? 0) > 0 ? 1 : 0)),
    sides: mean(pairs2.map(({ right }) => right)),
    along: mean(pairs2.map(({ along }) => along)),
    cosine: mean(pairs2.map(({ cosine }) => cosine)),
    steered: mean(steeredLetters(rows, outputs.logProbabilities)),
    byDirection: plantings2.map((_, i) => ({
      previews: mean(previews.flatMap(({ vector, right }) => vector === i ? [right] : [])),
      sides: mean(pairs2.flatMap(({ vector, right }) => vector === i ? [right] : []))
    }))
  };
}
function pairFigures(rows, plantings2, found) {
  if (found.length === 0) {
    return [];
  }
  return rows.flatMap((row) => row.pairs).flatMap(({ vector, amount }, i) => {
    const direction = vector === null ? void 0 : plantings2[vector]?.direction;
    if (vector === null || direction === void 0) {
      return [];
    }
    const difference = found.subarray(i * direction.length, (i + 1) * direction.length);
    const dot = difference.reduce((sum, x, j) => sum + x * (direction[j] ?? 0), 0);
    const norm2 = Math.sqrt(difference.reduce((sum, x) => sum + x * x, 0));
    return [{ vector, right: dot > 0 ? 1 : 0, along: dot / amount, cosine: dot / norm2 }];
  });
}
function steeredLetters(rows, logs) {
  let i = 0;
  return rows.flatMap(
    (row) => row.targets.flatMap(({ weight }) => {
      const log = logs[i++] ?? Number.NaN;
      return row.pairs.length > 0 && weight === 1 ? [Math.exp(log)] : [];
    })
  );
}
function mean(values2) {
  return values2.reduce((sum, x) => sum + x, 0) / values2.length;
}

// src/training/train-phantom.ts
var LETTERS_ARE_RIGHT = 0.85;
async function trainPhantom(training) {
  const { config: config2, weights: weights2, plantings: plantings2, settings: settings2 } = training;
  const random = createRandom(settings2.seed);
  const { items: items2, readingTurns, answerTurns } = training;
  const stems = dealer(readingTurns, random, (behavior) => {
    const { choice = [], open = [] } = items2.get(behavior) ?? {};
    return [.../* @__PURE__ */ new Set([...choice, ...open])];
  });
  const choices = dealer(answerTurns, random, (behavior) => items2.get(behavior)?.choice);
  const openQuestions = dealer(answerTurns, random, (behavior) => items2.get(behavior)?.open);
  let lettersLately = 0;
  const read = (deal, write, layers, steps, rows) => runPhase(training, {
    config: { ...config2, num_hidden_layers: layers },
    weights: weights2,
    steps,
    rows: () => stepRows(training, random, [[deal, write, rows]], {
      ...settings2,
      promptShare: settings2.readingShare,
      bothSides: true
    }),
    vectors: () => plantings2.map(({ direction }) => direction),
    onStep: training.onStep
  });
  await read(stems, stemRow, PREVIEW_LAYER + 1, settings2.stemSteps, settings2.stemRows);
  await read(choices, readingRow, FLAG_LAYER + 1, settings2.readingSteps, settings2.readingRows);
  let done = 0;
  await runPhase(training, {
    config: config2,
    weights: weights2,
    steps: settings2.steps,
    rows: () => stepRows(
      training,
      random,
      [
        [choices, choiceRow, settings2.choiceRows],
        [openQuestions, openRow, settings2.openRows]
      ],
      {
        ...settings2,
        bothSides: done >= settings2.oneSidedSteps || lettersLately > LETTERS_ARE_RIGHT
      }
    ),
    vectors: () => [
      ...plantings2.map(({ direction }) => direction),
      ...Array.from(
        { length: settings2.randomVectors },
        () => randomDirection(config2.hidden_size, 1, random.integer(2 ** 32))
      )
    ],
    onStep: async (report) => {
      done++;
      const { steered } = report;
      lettersLately += Number.isNaN(steered) ? 0 : 0.05 * (steered - lettersLately);
      await training.onStep(report);
    }
  });
}
async function runPhase({ plantings: plantings2, settings: settings2, threads, now }, { config: config2, weights: weights2, steps, rows: makeRows, vectors: makeVectors, onStep }) {
  if (steps === 0) {
    return;
  }
  const shapes = weightShapes(config2);
  const own = new Map(
    [...shapes.keys()].map((name) => [name, weights2.get(name) ?? new Float32Array()])
  );
  const names = [...shapes.keys()];
  const found = ["preview_found"];
  if (config2.num_hidden_layers > FLAG_LAYER) {
    found.push("flag_found");
  }
  if (config2.num_hidden_layers > PLANTED_LAYER) {
    found.push("pair_found");
  }
  const outputs = ["loss", "target_log_probabilities", ...found, ...names.map(gradientName)];
  const session = await GraphSession.create(plantingGraph(config2, shapes).bytes, {
    device: "cpu",
    threads
  });
  const rope = new RopeTable(config2);
  const optimizer = adamW({ weightDecay: settings2.weightDecay, beta2: 0.98 });
  const rate = schedule("cosine", { total: steps, warmup: Math.min(settings2.warmup, steps) });
  for (let step = 0; step < steps; step++) {
    const start2 = now();
    const rows = makeRows();
    const feeds = rowFeeds(rows, makeVectors(), rope, {
      layers: config2.num_hidden_layers,
      dModel: config2.hidden_size,
      plantedLayer: PLANTED_LAYER,
      flagLayer: FLAG_LAYER,
      previewWeight: settings2.previewWeight,
      flagWeight: settings2.flagWeight,
      pairWeight: settings2.pairWeight
    });
    for (const [name, data] of own) {
      feeds.set(name, { data, shape: shapes.get(name) ?? [] });
    }
    const results = await session.run(feeds, outputs);
    const of = (name) => results.get(name) ?? new Float32Array(0);
    const gradients2 = new Map(names.map((name) => [name, of(gradientName(name))]));
    const gradientNorm = globalNorm(gradients2);
    const scale = Math.min(1, settings2.clip / gradientNorm);
    optimizer.step(own, gradients2, settings2.learningRate * rate(step), scale);
    const figures = stepFigures(rows, plantings2, {
      logProbabilities: of("target_log_probabilities"),
      pairs: of("pair_found"),
      flags: of("flag_found"),
      previews: of("preview_found")
    });
    const seconds = (now() - start2) / 1e3;
    const loss = of("loss")[0] ?? Number.NaN;
    await onStep({ step, loss, gradientNorm, ...figures, seconds });
  }
  await session.release();
}
function stepRows({ config: config2, encode: encode2, plantings: plantings2, settings: settings2 }, random, kinds, rowSettings) {
  const maker = {
    encode: encode2,
    bos: config2.bos_token_id ?? 0,
    eos: config2.eos_token_ids[0] ?? 0,
    plantings: plantings2,
    randomVectors: settings2.randomVectors,
    random,
    settings: rowSettings
  };
  return kinds.flatMap(
    ([deal, write, count]) => Array.from({ length: count }, () => {
      const { behavior, item } = deal();
      return write(maker, item, plantings2.find((one) => one.behavior === behavior) ?? null);
    })
  );
}
function dealer(turns, random, itemsOf) {
  let turn = 0;
  const rest = /* @__PURE__ */ new Map();
  return () => {
    for (; ; ) {
      const behavior = turns[turn++ % turns.length];
      const all = behavior === void 0 ? void 0 : itemsOf(behavior);
      if (behavior === void 0 || all === void 0) {
        continue;
      }
      let left = rest.get(behavior) ?? [];
      if (left.length === 0) {
        left = random.shuffle(all);
        rest.set(behavior, left);
      }
      const item = left.pop();
      if (item !== void 0) {
        return { behavior, item };
      }
    }
  };
}

// src/train.ts
var LOG_EVERY = 20;
var SAVE_EVERY = 100;
var { values } = parseArgs({
  options: {
    out: { type: "string", default: "../../packages/llama/phantom" },
    log: { type: "string", default: "training.log" },
    threads: { type: "string", default: String(availableParallelism()) },
    /** For trials: goes on from the weights of a folder. */
    from: { type: "string" },
    /** For trials: overrides a number of the recipe, such as steps=300. */
    set: { type: "string", multiple: true, default: [] }
  }
});
var settings = {
  ...RECIPE,
  ...Object.fromEntries(
    values.set.map((entry) => {
      const [name = "", value] = entry.split("=");
      return [name, Number(value)];
    })
  )
};
var start = performance.now();
await mkdir(values.out, { recursive: true });
await writeFile(values.log, "");
var say = async (line) => {
  const minutes = ((performance.now() - start) / 6e4).toFixed(1);
  console.log(`${minutes} min  ${line}`);
  await appendFile(values.log, `${minutes} min  ${line}
`);
};
await say(JSON.stringify(settings));
var {
  tokenizer,
  json: json2,
  config: tokenizerConfig2,
  encode
} = await makePhantomTokenizer(VOCABULARY_SIZE, ITEM_SEEDS[0] ?? 2);
var config = phantomConfig(tokenizer.vocabularySize);
var items = trainingItems(ITEM_SEEDS);
await say(
  [...items].map(([behavior, list]) => `${behavior} ${list.choice.length} and ${list.open.length}`).join(", ")
);
var weights = values.from === void 0 ? firstWeights(config, settings.seed) : await readWeights(values.from);
var save = () => exportFolder(values.out, { config, weights, tokenizer: json2, tokenizerConfig: tokenizerConfig2, planted: planted2 });
var planted2 = plantings(config.hidden_size, settings.seed);
var means = new ReportMeans();
await trainPhantom({
  weights,
  config,
  encode,
  items,
  readingTurns: READING_TURNS,
  answerTurns: ANSWER_TURNS,
  plantings: planted2,
  settings,
  threads: Number(values.threads),
  now: () => performance.now(),
  onStep: async (report) => {
    means.add(report);
    if ((report.step + 1) % LOG_EVERY === 0) {
      await say(means.take());
    }
    if ((report.step + 1) % SAVE_EVERY === 0) {
      await save();
    }
  }
});
await save();
await say(`written to ${join3(values.out)}`);
//# sourceMappingURL=train.js.map