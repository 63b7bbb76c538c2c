import type { ModelInfo } from "@caa/core";
import type { ExportSource } from "./export-source.ts";
import type { BakedStep } from "./export-model.ts";
import type { GraphSignature } from "./graph-signature.ts";

export type ExportFormat = "onnx" | "hf";

/** What an export is; `export.json` in its folder. */
export interface ExportRecord {
  readonly formatVersion: 1;
  readonly format: ExportFormat;
  readonly model: Pick<ModelInfo, "id" | "hash" | "architecture"> &
    Pick<ExportSource, "revision" | "license">;
  readonly dtype: ModelInfo["dtype"];
  readonly layerCount: number;
  readonly dModel: number;
  readonly vocabularySize: number;
  /** In tokens. */
  readonly contextLength: number;
  /** What is added at every token, whoever runs the model. */
  readonly bake: ReadonlyArray<Omit<BakedStep, "vector" | "operation" | "positions">>;
  /** Null for a Hugging Face folder. */
  readonly graph: (GraphSignature & { readonly files: readonly ExportedFile[] }) | null;
}

export interface ExportedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}
