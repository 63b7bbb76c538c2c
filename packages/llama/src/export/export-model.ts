import { CaaError, type SteeringStep, throwIfAborted } from "@caa/core";
import { createHash } from "node:crypto";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildFolder } from "../checkpoint/build-folder.ts";
import { expectedWeights } from "../checkpoint/check-weights.ts";
import { checkApart, checkRoom, type FolderKind } from "../checkpoint/make-room.ts";
import { SINGLE_FILE } from "../checkpoint/safetensors-files.ts";
import { copySideFiles, SIDE_FILES } from "../checkpoint/side-files.ts";
import { writeModelFolder } from "../checkpoint/write-model-folder.ts";
import { RopeTable } from "../engine/rope.ts";
import type { ExternalTensor } from "../graph/graph-builder.ts";
import type { WeightTable } from "../graph/weights.ts";
import { bakedBiases } from "./baked-biases.ts";
import { exportCard } from "./card.ts";
import { layOutData, type MadeTensor, writeData, type WriteDataOptions } from "./data-file.ts";
import { exportGraph } from "./export-graph.ts";
import type { ExportSource } from "./export-source.ts";
import { graphSignature } from "./graph-signature.ts";
import { LICENSE_FILES, licenseTexts } from "./license.ts";
import type { ExportFormat, ExportRecord } from "./record.ts";

/** A step of steering that becomes weights. */
export interface BakedStep extends SteeringStep {
  /** Content hash of the file that the vector is from. @default null */
  readonly vectorsHash?: string | null | undefined;
}

export interface ExportOptions extends WriteDataOptions {
  /** A folder that is not there, or empty. */
  readonly out: string;
  /**
   * `onnx`: a graph and its weights, which any ONNX Runtime runs. `hf`: a Hugging Face folder; it needs something to bake.
   * @default "onnx"
   */
  readonly format?: ExportFormat | undefined;
  /** Vectors that are added at every token, whoever runs the model: `add` at the positions `all`. @default none */
  readonly bake?: readonly BakedStep[] | undefined;
  /** Whether the graph takes vectors in each run, too. @default true, with something baked false */
  readonly steering?: boolean | undefined;
  /** Whether the graph takes and gives keys and values, so that a text is written token by token. @default false */
  readonly cache?: boolean | undefined;
  /** Replace an earlier export there, once the new one is whole. @default false */
  readonly overwrite?: boolean | undefined;
}

const GRAPH_FILE = "model.onnx";
const DATA_FILE = "model.onnx.data";
const CARD_FILE = "README.md";
const RECORD_FILE = "export.json";

const EXPORT: FolderKind = {
  what: "an exported model",
  record: RECORD_FILE,
  files: [
    CARD_FILE,
    GRAPH_FILE,
    DATA_FILE,
    SINGLE_FILE,
    "config.json",
    ...SIDE_FILES,
    ...LICENSE_FILES,
  ],
};

/**
 * Writes a model for programs that are not this one; the folder gets its name when it is whole.
 *
 * @returns what was written, as `export.json` has it
 * @throws {CaaError} `invalid-argument` when `out` is there, or lies over the model itself; `unsupported` for what cannot
 * be baked, and for a Hugging Face folder of quantized weights or of a model whose blocks have no bias; `io`, `aborted`
 */
export async function exportModel(
  source: ExportSource,
  options: ExportOptions,
): Promise<ExportRecord> {
  const { out, format = "onnx", bake = [], overwrite = false } = options;
  await checkRoom(out, overwrite, EXPORT);
  for (const path of source.paths) {
    checkApart(path, out);
  }
  const biases = await bakedBiases(source.checkpoint, bake, options.signal);
  return format === "onnx"
    ? await exportOnnx(source, biases, options)
    : await exportHuggingFace(source, biases, options);
}

async function exportOnnx(
  source: ExportSource,
  biases: ReadonlyMap<string, MadeTensor>,
  options: ExportOptions,
): Promise<ExportRecord> {
  const { out, bake = [], steering = bake.length === 0, cache = false, overwrite } = options;
  const { checkpoint } = source;
  const { config } = checkpoint;
  const rope = new RopeTable(config).upTo(config.max_position_embeddings);
  const layout = layOutData(
    DATA_FILE,
    checkpoint.tensors,
    new Map([
      ...biases,
      ["rotary.cos", { shape: rope.shape, values: rope.cos }],
      ["rotary.sin", { shape: rope.shape, values: rope.sin }],
    ]),
  );
  const rotary = { cos: at(layout.table, "rotary.cos"), sin: at(layout.table, "rotary.sin") };
  const graph = exportGraph(config, layout.table, rotary, { steering, cache });
  let record = recordOf(source, options, null);
  const fill = async (temporary: string): Promise<void> => {
    const data = await writeData(join(temporary, DATA_FILE), layout, options);
    await writeFile(join(temporary, GRAPH_FILE), graph);
    await copyFile(join(checkpoint.folder, "config.json"), join(temporary, "config.json"));
    await copySideFiles(checkpoint.folder, temporary);
    const files = [
      {
        name: GRAPH_FILE,
        bytes: graph.length,
        sha256: createHash("sha256").update(graph).digest("hex"),
      },
      { name: DATA_FILE, bytes: layout.byteLength, sha256: data },
    ];
    record = recordOf(source, options, { ...graphSignature(graph), files });
    for (const [name, text] of Object.entries(await textsOf(record, source))) {
      await writeFile(join(temporary, name), text);
    }
    throwIfAborted(options.signal);
  };
  await buildFolder(out, layout.byteLength + graph.length, fill, { replace: overwrite });
  return record;
}

function at(table: WeightTable, name: string): ExternalTensor {
  const tensor = table.get(name);
  if (tensor === undefined) {
    throw new CaaError("not-found", `export: expected the tensor ${name} among those laid out`);
  }
  return tensor;
}

/** Baked vectors are biases that the architecture knows: it has them on all three products of its blocks, or on none. */
async function exportHuggingFace(
  source: ExportSource,
  biases: ReadonlyMap<string, MadeTensor>,
  options: ExportOptions,
): Promise<ExportRecord> {
  const { out, signal, onProgress, overwrite } = options;
  const { checkpoint, info } = source;
  const { config } = checkpoint;
  if (biases.size === 0 || options.cache === true || options.steering === true) {
    throw new CaaError(
      "invalid-argument",
      "Hugging Face folder: expected vectors to bake and nothing that only a graph has, such as inputs for steering",
    );
  }
  if (config.architecture !== "LlamaForCausalLM" || checkpoint.quantized !== null) {
    throw new CaaError(
      "unsupported",
      `${info.id}: expected a LlamaForCausalLM with float weights, whose blocks can have biases in a Hugging Face folder, got ${config.architecture} in ${info.dtype}; as ONNX it can be baked`,
    );
  }
  const made = new Map<string, MadeTensor>();
  const tensors = new Map(checkpoint.tensors);
  for (const [name, shape] of expectedWeights({ ...config, mlp_bias: true })) {
    const baked = biases.get(name);
    if (baked !== undefined || !tensors.has(name)) {
      const values = baked?.values ?? new Float32Array(shape[0] ?? 0);
      made.set(name, { shape, values });
      const { byteLength } = values;
      tensors.set(name, { file: "", offset: 0, byteLength, type: "float32", shape });
    }
  }
  const record = recordOf(source, options, null);
  await writeModelFolder({ ...checkpoint, tensors }, out, {
    changed: new Set(made.keys()),
    read: async function* (name) {
      yield made.get(name)?.values ?? new Float32Array(0);
    },
    config: { mlp_bias: true },
    files: await textsOf(record, source),
    replace: overwrite,
    onProgress,
    signal,
  });
  return record;
}

function recordOf(
  { info, revision, license }: ExportSource,
  { format = "onnx", bake = [] }: ExportOptions,
  graph: ExportRecord["graph"],
): ExportRecord {
  const { id, hash, architecture, dtype, layerCount, dModel, vocabularySize } = info;
  return {
    formatVersion: 1,
    format,
    model: { id, hash, architecture, revision, license },
    dtype,
    layerCount,
    dModel,
    vocabularySize,
    contextLength: info.contextLength,
    bake: bake.map(({ name, layer, multiplier, vectorsHash = null }) => ({
      name,
      layer,
      multiplier,
      vectorsHash,
    })),
    graph,
  };
}

async function textsOf(
  record: ExportRecord,
  source: ExportSource,
): Promise<Readonly<Record<string, string>>> {
  return {
    ...(await licenseTexts(source.folder)),
    [RECORD_FILE]: `${JSON.stringify(record, null, 2)}\n`,
    [CARD_FILE]: exportCard(record, source),
  };
}
