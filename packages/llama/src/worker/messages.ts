import type { CaaErrorCode, ProbeScore } from "@caa/core";
import type { LlamaConfig } from "../config/llama-config.ts";
import type {
  ForwardJob,
  ForwardResult,
  GenerateJob,
  GenerateResult,
  LensJob,
  LensResult,
} from "../engine/jobs.ts";
import type { ExternalTensor } from "../graph/graph-builder.ts";
import type { EngineOptions } from "../engine/token-engine.ts";

/** What the model's thread is asked. `id` ties answers to questions. */
export type Request =
  | {
      readonly kind: "open";
      readonly id: number;
      readonly config: LlamaConfig;
      readonly weights: ReadonlyMap<string, ExternalTensor>;
      readonly options: EngineOptions;
    }
  | { readonly kind: "forward"; readonly id: number; readonly job: ForwardJob }
  | { readonly kind: "generate"; readonly id: number; readonly job: GenerateJob }
  | { readonly kind: "lens"; readonly id: number; readonly job: LensJob }
  | { readonly kind: "end-row"; readonly id: number; readonly sequence: number }
  | { readonly kind: "abort"; readonly id: number }
  | { readonly kind: "dispose"; readonly id: number };

export type Reply =
  | {
      readonly kind: "done";
      readonly id: number;
      readonly result: ForwardResult | GenerateResult | LensResult | null;
    }
  | {
      readonly kind: "token";
      readonly id: number;
      readonly sequence: number;
      readonly token: number;
    }
  | {
      readonly kind: "read";
      readonly id: number;
      readonly sequence: number;
      readonly position: number;
      readonly scores: ReadonlyArray<readonly ProbeScore[]>;
    }
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly code: CaaErrorCode;
      readonly message: string;
      readonly facts: Readonly<Record<string, unknown>>;
    };
