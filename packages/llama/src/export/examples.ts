import type { ExportRecord } from "./record.ts";

/** A text and its tokens, as the examples of a card feed them. */
export interface SampleText {
  readonly text: string;
  readonly ids: readonly number[];
}

/** Whether vectors are added in each run. */
export function takesSteering({ graph }: ExportRecord): boolean {
  return graph?.inputs.some(({ name }) => name === "steering_vectors") ?? false;
}

/** `(B, kv heads, T, head_dim)` of one row before any token, where the graph takes keys and values. */
function emptyPast({ graph }: ExportRecord): readonly number[] | undefined {
  const past = graph?.inputs.find(({ name }) => name === "past_key.0");
  return past?.shape.map((size, axis) => (typeof size === "number" ? size : axis === 0 ? 1 : 0));
}

/** Reads the next token with numpy and onnxruntime, plain and steered. */
export function pythonExample(record: ExportRecord, { text, ids }: SampleText): string {
  const { layerCount, dModel } = record;
  const steered = takesSteering(record);
  const layer = Math.floor(layerCount / 2);
  const past = emptyPast(record);
  const lines = [
    ...(steered ? ["import json"] : []),
    "import numpy as np",
    "import onnxruntime",
    "",
    'session = onnxruntime.InferenceSession("model.onnx")',
    `feeds = {"input_ids": np.array([[${ids.join(", ")}]], np.int64)}  # ${JSON.stringify(text)}`,
    ...(past === undefined
      ? []
      : [
          `for layer in range(${layerCount}):`,
          `    feeds[f"past_key.{layer}"] = feeds[f"past_value.{layer}"] = np.zeros((${past.join(", ")}), np.float32)`,
        ]),
    ...(steered
      ? [
          `feeds["steering_vectors"] = vectors = np.zeros((${layerCount}, 1, ${dModel}), np.float32)`,
          `feeds["steering_coefficients"] = coefficients = np.zeros((${layerCount}, 1, 1, 1), np.float32)`,
          'print("plain:", session.run(["logits"], feeds)[0][0, -1].argmax())',
          "",
          'data = open("vectors.safetensors", "rb").read()  # a file of caa vectors generate',
          'start = 8 + int.from_bytes(data[:8], "little")',
          `begin, end = json.loads(data[8:start])["layer.${layer}"]["data_offsets"]`,
          `vectors[${layer}, 0] = np.frombuffer(data[start + begin : start + end], np.float32)`,
          `coefficients[${layer}] = 1.5`,
          'print("steered:", session.run(["logits"], feeds)[0][0, -1].argmax())',
        ]
      : ['print("next token:", session.run(["logits"], feeds)[0][0, -1].argmax())']),
  ];
  return lines.join("\n");
}

/** The same with onnxruntime-web. */
export function javaScriptExample(record: ExportRecord, { text, ids }: SampleText): string {
  const { layerCount, dModel, vocabularySize } = record;
  const steered = takesSteering(record);
  const layer = Math.floor(layerCount / 2);
  const past = emptyPast(record);
  const lines = [
    'import * as ort from "onnxruntime-web";',
    "",
    'const session = await ort.InferenceSession.create("model.onnx", {',
    '  externalData: [{ path: "model.onnx.data", data: "model.onnx.data" }],',
    "});",
    `const ids = BigInt64Array.of(${ids.map((id) => `${id}n`).join(", ")}); // ${JSON.stringify(text)}`,
    'const feeds = { input_ids: new ort.Tensor("int64", ids, [1, ids.length]) };',
    ...(steered || past !== undefined
      ? [
          "const zeros = (...shape) =>",
          '  new ort.Tensor("float32", new Float32Array(shape.reduce((a, b) => a * b)), shape);',
        ]
      : []),
    ...(past === undefined
      ? []
      : [
          `for (let layer = 0; layer < ${layerCount}; layer++) {`,
          `  feeds[\`past_key.\${layer}\`] = zeros(${past.join(", ")});`,
          `  feeds[\`past_value.\${layer}\`] = zeros(${past.join(", ")});`,
          "}",
        ]),
    ...(steered
      ? [
          `feeds.steering_vectors = zeros(${layerCount}, 1, ${dModel});`,
          `feeds.steering_coefficients = zeros(${layerCount}, 1, 1, 1);`,
          `// feeds.steering_vectors.data.set(vector, ${layer} * ${dModel});`,
          `// feeds.steering_coefficients.data[${layer}] = 1.5;`,
        ]
      : []),
    "const { logits } = await session.run(feeds);",
    `const last = logits.data.subarray(-${vocabularySize});`,
    'console.log("next token:", last.reduce((best, x, i) => (x > last[best] ? i : best), 0));',
  ];
  return lines.join("\n");
}

/** Goes on with a text in transformers. */
export function transformersExample({ text }: SampleText): string {
  return `from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModelForCausalLM.from_pretrained(".")
ids = tokenizer(${JSON.stringify(text)}, return_tensors="pt").input_ids
print(tokenizer.decode(model.generate(ids, max_new_tokens=20, do_sample=False)[0]))`;
}
