import { CaaError, dot, norm, type ProbeScore } from "@caa/core";
import type { TokenProbe } from "./jobs.ts";

/** Projects rows of the residual stream on the probes of a job, in float64. */
export class ProbeReader {
  readonly #probes: ReadonlyArray<TokenProbe & { readonly norm: number }>;

  constructor(probes: readonly TokenProbe[]) {
    this.#probes = probes.map((probe) => ({ ...probe, norm: norm(probe.vector) }));
  }

  /** Whether the residual stream is read at all. */
  get reads(): boolean {
    return this.#probes.length > 0;
  }

  /**
   * One score a probe, of one of the places that a pass has read.
   * @param residual (layers, places, d_model), of all layers
   * @throws {CaaError} invalid-data where the stream is not of numbers
   */
  scores(residual: Float32Array, place: number, places: number): readonly ProbeScore[] {
    return this.#probes.map(({ layer, vector, norm: length }) => {
      const start = (layer * places + place) * vector.length;
      const h = residual.subarray(start, start + vector.length); // (d_model)
      const product = dot(h, vector);
      const size = norm(h);
      if (!Number.isFinite(product) || !Number.isFinite(size)) {
        throw new CaaError(
          "invalid-data",
          `layer ${layer}: the residual stream is not of numbers; is the steering too strong?`,
          { facts: { layer } },
        );
      }
      const cosine = size === 0 ? 0 : product / size / length;
      return { dot: product, cosine: Math.min(1, Math.max(-1, cosine)) };
    });
  }
}
