import { createHash } from "node:crypto";
import { CaaError } from "../../errors/caa-error.ts";
import { UNKNOWN_MODEL_HASH } from "../../steering-vectors/check-compatible.ts";
import type {
  SteeringVectorsMetadata,
  VectorNormalization,
} from "../../steering-vectors/metadata.ts";
import { type LayerVectors, SteeringVectors } from "../../steering-vectors/steering-vectors.ts";
import { norm } from "../../vectors/vectors.ts";
import type { NamedBytes } from "./named-bytes.ts";
import { readForeign } from "./read-foreign.ts";

export interface ImportVectorsOptions {
  /** @default that of the file's own metadata */
  readonly behavior?: string | undefined;
  /** The model that they are of. @default that of the file's own metadata */
  readonly modelId?: string | undefined;
  /** What is known of that model. @default null, unknown */
  readonly architecture?: string | null;
  /** @default null, unknown */
  readonly layerCount?: number | null;
  /** Of a file that does not say it. */
  readonly layer?: number | undefined;
  /** Whether whoever made them rescaled them across behaviors. @default false */
  readonly normalized?: boolean;
  /** What is known from elsewhere than the files. @default `unknown`, each */
  readonly facts?: Partial<
    Pick<SteeringVectorsMetadata, "datasetName" | "promptStyle" | "readPosition">
  >;
}

export interface ImportedVectors {
  readonly vectors: SteeringVectors;
  /** Whether the file had our metadata, which is kept as it is. */
  readonly own: boolean;
  /** What the file says of the model's family, such as `llama`; null where it does not. */
  readonly modelHint: string | null;
}

/** What no file tells. */
const UNKNOWN = "unknown";

/**
 * Files made elsewhere as steering vectors of one behavior. Numbers are never rescaled, signs and layers are those of the
 * file; what it does not tell is `unknown` in the metadata. docs/vector-format.md has what each format means.
 * @throws {CaaError} as `readForeign`; `invalid-argument` where the behavior or the model is not said; `incompatible-vector`
 * where the file's own metadata says another one
 */
export async function importVectors(
  files: readonly NamedBytes[],
  options: ImportVectorsOptions = {},
): Promise<ImportedVectors> {
  const read = await readForeign(files, options.layer);
  if (read.own !== null) {
    checkSaid(read.own, options);
    return { vectors: read.own, own: true, modelHint: null };
  }
  const { vectors, format, changes, modelHint } = read;
  const { behavior, modelId, architecture = null, layerCount = null, facts } = options;
  if (behavior === undefined || modelId === undefined) {
    const missing = behavior === undefined ? "the behavior (--behavior)" : "the model (--model)";
    const message = `${files[0]?.name ?? ""}: expected ${missing} that its vectors are of, since the file does not say it, got none`;
    throw new CaaError("invalid-argument", message);
  }
  const metadata: SteeringVectorsMetadata = {
    formatVersion: 1,
    behavior,
    modelId,
    modelHash: UNKNOWN_MODEL_HASH,
    architecture,
    layerCount,
    hookPoint: "resid-post",
    readPosition: UNKNOWN,
    dtype: UNKNOWN,
    promptStyle: UNKNOWN,
    system: null,
    datasetName: UNKNOWN,
    datasetHash: UNKNOWN,
    ...facts,
    pairCount: 0,
    aggregation: "imported",
    normalization: options.normalized === true ? measuredNorms(vectors) : null,
    shuffleSeed: 0,
    contentHash: null,
    provenance: {
      kind: "imported",
      format,
      sources: files.map(({ name, bytes }) => ({
        name,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      })),
      changes,
    },
  };
  return { vectors: new SteeringVectors({ vectors, metadata }), own: false, modelHint };
}

/** The behaviors behind the norms are not told by any file; the norms are those of the vectors. */
function measuredNorms(vectors: LayerVectors): VectorNormalization {
  const norms = [...vectors].map(([layer, values]) => [String(layer), norm(values)] as const);
  const zero = norms.find(([, length]) => length === 0);
  if (zero !== undefined) {
    const message = `layer ${zero[0]}: expected a normalized vector, got one of zeros`;
    throw new CaaError("invalid-file", message);
  }
  return { behaviors: [UNKNOWN], targetNorm: Object.fromEntries(norms) };
}

function checkSaid({ metadata }: SteeringVectors, options: ImportVectorsOptions): void {
  if (options.layer !== undefined) {
    const message = `the file's own metadata: expected no layer beside it, since it says them, got ${options.layer}`;
    throw new CaaError("invalid-argument", message);
  }
  const kind = (normalized: boolean): string => (normalized ? "normalized" : "raw");
  const said = [
    ["vectors of", metadata.behavior, options.behavior],
    ["vectors made on", metadata.modelId, options.modelId],
    [
      "vectors that are",
      kind(metadata.normalization !== null),
      options.normalized === true ? kind(true) : undefined,
    ],
  ] as const;
  for (const [what, got, asked] of said) {
    if (asked !== undefined && asked !== got) {
      const message = `the file's own metadata: expected ${what} ${asked}, got ${what} ${got}`;
      throw new CaaError("incompatible-vector", message, { facts: { asked, got } });
    }
  }
}
