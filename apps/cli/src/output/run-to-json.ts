import type { EvalRun } from "../eval/evaluate.ts";

/** What runs of all tests have in common, for programs. */
export function runToJson({ type, behavior, vectors, kept, cells, files }: EvalRun): object {
  return {
    type,
    behavior,
    vectors: {
      kind: vectors.kind,
      path: vectors.path,
      hash: vectors.vectors.metadata.contentHash,
      normalization: vectors.vectors.metadata.normalization?.behaviors ?? null,
    },
    kept,
    cells: cells.map(({ settings, hashes, summary }, index) => ({
      settings,
      hashes,
      summary,
      file: files[index],
    })),
  };
}
