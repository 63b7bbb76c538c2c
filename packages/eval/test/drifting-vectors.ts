import { createRandom, type LayerVectors, SteeringVectors } from "@caa/core";
import { madeUpVectors } from "@caa/core/testing";

/**
 * Vectors that turn slowly from layer to layer and grow, with halves that agree most in the middle and shuffles of
 * noise: no measurement.
 */
export function driftingVectors(
  behavior: string,
  seed: number,
  options: { readonly layers?: number; readonly dModel?: number; readonly modelId?: string } = {},
): SteeringVectors {
  const { layers = 6, dModel = 16, modelId = "fake/model" } = options;
  const random = createRandom(seed);
  const draw = (): Float64Array =>
    Float64Array.from({ length: dModel }, () => 2 * random.uniform() - 1);
  const directions: Float64Array[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const [last, step] = [directions.at(-1) ?? draw(), draw()];
    directions.push(last.map((value, i) => 0.85 * value + 0.5 * (step[i] ?? 0)));
  }
  const part = (signal: number, noise: (layer: number) => number): LayerVectors =>
    new Map(
      directions.map((direction, layer) => {
        const other = draw();
        const values = direction.map(
          (value, i) => (1 + layer) * (signal * value + noise(layer) * (other[i] ?? 0)),
        );
        return [layer, Float32Array.from(values)];
      }),
    );
  const spread = (layer: number): number => 0.3 + 0.3 * Math.abs(layer - layers / 2);
  return new SteeringVectors({
    vectors: part(1, () => 0),
    halves: [part(1, spread), part(1, spread)],
    shuffles: Array.from({ length: 5 }, () => part(0, () => 0.3)),
    metadata: { ...madeUpVectors().metadata, behavior, modelId, pairCount: 120 },
  });
}
