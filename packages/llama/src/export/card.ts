import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { ModelInfo } from "@caa/core";
import {
  javaScriptExample,
  pythonExample,
  type SampleText,
  takesSteering,
  transformersExample,
} from "./examples.ts";
import type { GraphValue } from "./graph-signature.ts";
import type { ExportRecord } from "./record.ts";

const SAMPLE = "The sky is";

/** What the card says beyond the record. */
export interface CardSource {
  readonly tokenizer: Pick<Tokenizer, "encode" | "bosId">;
  readonly info: Pick<ModelInfo, "promptStyle">;
}

/** The model card of an export: what it is, what it takes and gives, how to run it. */
export function exportCard(record: ExportRecord, { tokenizer, info }: CardSource): string {
  const { model, format, dtype, bake } = record;
  const { bosId } = tokenizer;
  const ids = [...(bosId === null ? [] : [bosId]), ...tokenizer.encode(SAMPLE)];
  const sample = { text: SAMPLE, ids };
  const baked = bake.length > 0;
  return `---
base_model: ${JSON.stringify(model.id)}
${model.license === null ? "" : `license: ${JSON.stringify(model.license)}\n`}library_name: ${format === "hf" ? "transformers" : "onnx"}
---

# ${model.id}${baked ? ", steered for good" : ""}, ${format === "hf" ? "as a Hugging Face folder" : "as ONNX"}

- model: ${model.id}${model.revision === null ? "" : ` at ${model.revision}`} (${model.architecture}, hash ${model.hash})
- weights: ${dtype === "float32" ? "as stored" : `${dtype} blocks of 32 weights`}${format === "hf" ? "" : ", computed in float32"}
- prompts: ${info.promptStyle}, as \`caa\` writes them for this model; the files of the tokenizer are here
- license: ${model.license ?? "not known to the program that wrote this"}; that of the model holds for this copy of it

${baked ? bakedSection(record) : ""}${format === "hf" ? huggingFaceSection(sample) : graphSection(record, sample)}`;
}

function bakedSection({ bake }: ExportRecord): string {
  const rows = bake.map(
    ({ name, layer, multiplier, vectorsHash }) =>
      `| ${name} | ${layer} | ${multiplier} | ${vectorsHash ?? "not told"} |`,
  );
  return `## What is baked in

${table(["vector of", "layer", "multiplier", "hash of the file of vectors"], rows)}

\`multiplier x vector\` is a bias of the last product of that block, so it is added to the block's output at every token: of the system's and the user's words as well as of the answer. \`caa generate --steer\` with the positions \`all\` computes the same; its default, \`marker\`, leaves the instruction as it is.

`;
}

function huggingFaceSection(sample: SampleText): string {
  return `## Running it

A LlamaForCausalLM with \`mlp_bias\`: the baked vectors are \`model.layers.<n>.mlp.down_proj.bias\`, and biases that the model did not have are zeros. Whatever runs this architecture steers with it.

\`\`\`python
${transformersExample(sample)}
\`\`\`
`;
}

/** What each input and output means; of those with a number at the end, one for all layers. */
const MEANINGS: Readonly<Record<string, string>> = {
  input_ids:
    "tokens, B rows of S; shorter rows are padded at their end with any token, whose logits mean nothing",
  steering_vectors: "K vectors for each layer, at least 1; zeros add nothing",
  steering_coefficients:
    "how much of each vector is added after each block, at each token: `h[b, s] += sum over k of coefficients[layer, b, s, k] * vectors[layer, k]`; a size of 1 stands for all rows, or all tokens",
  past_key: "keys of the T tokens before, T may be 0",
  past_value: "values of the T tokens before",
  logits: "of the next token after each token",
  new_key: "keys of the S tokens; append them to `past_key` along axis 2 before the next run",
  new_value: "values of the S tokens, likewise",
};

function graphSection(record: ExportRecord, sample: SampleText): string {
  const { graph, contextLength, layerCount } = record;
  const values = (title: string, list: readonly GraphValue[]): string =>
    table(
      [title, "type", "shape", "meaning"],
      list
        .filter(({ name }) => !/\.[1-9]\d*$/.test(name))
        .map(({ name, type, shape }) => {
          const key = name.replace(/\.0$/, "");
          const shown = key === name ? name : `${key}.0\` to \`${key}.${layerCount - 1}`;
          return `| \`${shown}\` | ${type} | (${shape.join(", ").replaceAll("_or_", " or ")}) | ${MEANINGS[key] ?? ""} |`;
        }),
    );
  const contrib = Object.entries(graph?.contribOperators ?? {});
  return `## Inputs and outputs

B rows of S tokens; at most ${contextLength} tokens a row. Positions and the causal mask are computed within.

${values("input", graph?.inputs ?? [])}

${values("output", graph?.outputs ?? [])}
${
  takesSteering(record)
    ? `
Layer n is the residual stream after decoder block n, counted from 0. To leave the first tokens as they are, give \`steering_coefficients\` all S tokens, with zeros for these. Ablating and clamping are not in this graph.
`
    : ""
}
Operators: ONNX opset ${graph?.opsets["ai.onnx"] ?? "?"}${contrib.map(([domain, names]) => `; of \`${domain}\`, which ONNX Runtime brings: ${names.join(", ")}`).join("")}.

## Running it

With Python, numpy and onnxruntime, in this folder:

\`\`\`python
${pythonExample(record, sample)}
\`\`\`

With onnxruntime-web in a browser, both files beside the page:

\`\`\`js
${javaScriptExample(record, sample)}
\`\`\`
`;
}

function table(titles: readonly string[], rows: readonly string[]): string {
  return [`| ${titles.join(" | ")} |`, `|${" --- |".repeat(titles.length)}`, ...rows].join("\n");
}
