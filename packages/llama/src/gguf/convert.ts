import { throwIfAborted } from "@caa/core";
import { ioError } from "@caa/core/files";
import { type FileHandle, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type GgufHeader, readGgufHeader } from "@caa/core/gguf";
import { SINGLE_FILE } from "../checkpoint/safetensors-files.ts";
import { buildFolder } from "../checkpoint/build-folder.ts";
import { ggufArchitecture, generationConfig, modelConfig } from "./model-config.ts";
import { readTensorRows, readWholeTensor } from "./read-tensor.ts";
import { planTensors, type PlannedTensor, ROPE_FREQUENCIES } from "./tensor-plan.ts";
import { tokenizerFiles } from "./tokenizer.ts";
import { SafetensorsWriter } from "../checkpoint/write-safetensors.ts";

/** Bytes of weights that are written so far, and in all. */
export interface ConversionProgress {
  readonly written: number;
  readonly total: number;
}

export interface ConvertOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ConversionProgress) => void) | undefined;
}

/**
 * Writes a GGUF file's model as a Hugging Face folder with float32 weights: `config.json`, `generation_config.json`,
 * `tokenizer.json`, `tokenizer_config.json` and `model.safetensors`. A few megabytes of weights are in memory at a time.
 * The folder gets its name only when it is whole.
 *
 * @throws {CaaError} `invalid-file`, `unsupported` (architecture, tensor type, tokenizer, rope scaling), `io`, `aborted`;
 * `invalid-argument` when `outFolder` exists and is not empty
 */
export async function convertGguf(
  file: string,
  outFolder: string,
  options: ConvertOptions = {},
): Promise<void> {
  let source: FileHandle;
  try {
    source = await open(file, "r");
  } catch (error) {
    throw ioError(file, error);
  }
  try {
    const header = await readGgufHeader(source);
    const config = await readGgufConfig(source, header);
    const plan = planTensors(header.tensors, config, ggufArchitecture(header.metadata));
    const { tokenizer, config: tokenizerConfig } = tokenizerFiles(header.metadata);
    const texts = {
      "config.json": readable(config),
      "generation_config.json": readable(generationConfig(header.metadata)),
      "tokenizer.json": JSON.stringify(tokenizer),
      "tokenizer_config.json": readable(tokenizerConfig),
    };
    const bytes = plan.reduce((sum, tensor) => sum + floatBytes(tensor), 0);
    await buildFolder(outFolder, bytes, async (temporary) => {
      throwIfAborted(options.signal);
      await writeWeights(source, plan, join(temporary, SINGLE_FILE), options);
      for (const [name, content] of Object.entries(texts)) {
        await writeFile(join(temporary, name), content);
      }
    });
  } finally {
    await source.close();
  }
}

/** What `config.json` would say of a GGUF file's model. @throws {CaaError} as `modelConfig` */
export async function readGgufConfig(
  source: FileHandle,
  header: GgufHeader,
): Promise<Readonly<Record<string, unknown>>> {
  const frequencies = header.tensors.get(ROPE_FREQUENCIES);
  return modelConfig(
    header,
    frequencies === undefined ? undefined : await readWholeTensor(source, frequencies),
  );
}

async function writeWeights(
  source: FileHandle,
  plan: readonly PlannedTensor[],
  path: string,
  { signal, onProgress }: ConvertOptions,
): Promise<void> {
  const total = plan.reduce((sum, tensor) => sum + floatBytes(tensor), 0);
  const slots = new Map(
    plan.map((tensor) => [tensor.name, { dtype: "F32" as const, shape: tensor.source.shape }]),
  );
  const writer = await SafetensorsWriter.create(path, slots, { format: "pt" });
  try {
    let written = 0;
    for (const { name, source: tensor, interleavedRows } of plan) {
      for await (const rows of readTensorRows(source, tensor, { interleavedRows, signal })) {
        await writer.append(name, rows);
        written += rows.byteLength;
        onProgress?.({ written, total });
      }
    }
    await writer.finish();
  } finally {
    await writer.close();
  }
}

function floatBytes({ source }: PlannedTensor): number {
  return source.shape.reduce((product, size) => product * size, 4);
}

function readable(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
