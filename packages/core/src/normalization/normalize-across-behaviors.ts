import { CaaError } from "../errors/caa-error.ts";
import { checkDirection } from "../vectors/check.ts";
import { norm, normalizeTo } from "../vectors/vectors.ts";

/** Which behaviors set the norm, and to what: another set of behaviors gives other vectors. Fit for JSON. */
export interface NormalizationRecord {
  /** Names, sorted by code unit. */
  readonly behaviors: readonly string[];
  /** By layer: the norm that every behavior's vector has there. */
  readonly targetNorm: Readonly<Record<string, number>>;
}

export interface NormalizedVectors {
  /** By behavior, then layer: (d_model), float32, new arrays. */
  readonly vectors: ReadonlyMap<string, ReadonlyMap<number, Float32Array>>;
  readonly record: NormalizationRecord;
}

/**
 * Rescales, per layer, the vector of every behavior to the mean norm over the behaviors at that layer:
 * `v_b <- v_b / |v_b| * (1/B) sum_c |v_c|`. Directions stay. Norms are computed in float64.
 * @param vectors by behavior, then layer: (d_model)
 * @throws {CaaError} empty-selection without behaviors or layers; shape-mismatch when layers or sizes differ between
 *   behaviors; invalid-argument for a vector that is zero or not finite
 */
export function normalizeAcrossBehaviors(
  vectors: ReadonlyMap<string, ReadonlyMap<number, Float32Array>>,
): NormalizedVectors {
  const behaviors = [...vectors.keys()].sort();
  const layers = checkSameLayers(vectors, behaviors);
  const result = new Map(behaviors.map((behavior) => [behavior, new Map<number, Float32Array>()]));
  const targetNorm: Record<string, number> = {};
  for (const layer of layers) {
    const rows = behaviors.map((behavior) => {
      const vector = vectors.get(behavior)?.get(layer) ?? new Float32Array();
      const where = `normalizeAcrossBehaviors: ${behavior}, layer ${layer}`;
      return { behavior, vector, norm: checkDirection(where, norm(vector)) };
    });
    const other = rows.find((row) => row.vector.length !== rows[0]?.vector.length);
    if (other !== undefined) {
      const got = `${other.vector.length} for ${other.behavior}`;
      throw new CaaError(
        "shape-mismatch",
        `normalizeAcrossBehaviors: expected vectors of size ${rows[0]?.vector.length} at layer ${layer}, got ${got}`,
        { facts: { layer, behavior: other.behavior, size: other.vector.length } },
      );
    }
    const target = rows.reduce((sum, row) => sum + row.norm, 0) / rows.length;
    targetNorm[layer] = target;
    for (const { behavior, vector } of rows) {
      result.get(behavior)?.set(layer, normalizeTo(vector, target));
    }
  }
  return { vectors: result, record: { behaviors, targetNorm } };
}

/** The layers that every behavior has, ascending. */
function checkSameLayers(
  vectors: ReadonlyMap<string, ReadonlyMap<number, Float32Array>>,
  behaviors: readonly string[],
): readonly number[] {
  const layersOf = (behavior: string | undefined): number[] =>
    [...(vectors.get(behavior ?? "")?.keys() ?? [])].sort((a, b) => a - b);
  const layers = layersOf(behaviors[0]);
  if (layers.length === 0) {
    const got = behaviors.length === 0 ? "no behavior" : `none for ${behaviors[0]}`;
    throw new CaaError(
      "empty-selection",
      `normalizeAcrossBehaviors: expected vectors of one layer or more, got ${got}`,
    );
  }
  for (const behavior of behaviors) {
    const own = layersOf(behavior);
    if (own.join() !== layers.join()) {
      throw new CaaError(
        "shape-mismatch",
        `normalizeAcrossBehaviors: expected the layers of ${behaviors[0]} (${layers.join(" ")}) for every behavior, ` +
          `got ${own.join(" ") || "none"} for ${behavior}`,
        { facts: { behavior, layers: own, expected: layers } },
      );
    }
  }
  return layers;
}
