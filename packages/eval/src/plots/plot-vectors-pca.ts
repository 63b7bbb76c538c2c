import { vectorsPca, type VectorsPcaOptions } from "../analysis/vectors-pca.ts";
import { formatCsv } from "./csv.ts";
import { plotFileName } from "./file-name.ts";
import { pathsSpec } from "./plane.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { clip } from "./titles.ts";
import { type NamedVectors, vectorsSubtitle } from "./vectors-subtitle.ts";

/**
 * The vectors of all layers of one model, or of several with hidden states of one size, in the plane of their two
 * principal components.
 * @throws {CaaError} as `vectorsPca`
 */
export async function plotVectorsPca(
  files: readonly NamedVectors[],
  options: Pick<VectorsPcaOptions, "of"> = {},
): Promise<Plot> {
  const { of = "directions" } = options;
  const names = new Map(files.map(({ model, vectors }) => [vectors, model]));
  const { points, explained } = vectorsPca([...names.keys()], {
    of,
    name: (vectors) => names.get(vectors) ?? vectors.metadata.modelId,
  });
  const [first] = files;
  const behavior = first?.vectors.behavior ?? "";
  const models = files.map(({ model }) => model);
  return {
    name: plotFileName(of === "vectors" ? "pca-unscaled" : "pca", {
      behavior,
      [models.length === 1 ? "model" : "models"]: models.join("+"),
    }),
    svg: await renderSvg(
      pathsSpec({
        title: {
          text: clip(`${behavior}: the vectors of all layers, two principal components`),
          subtitle: [
            ...vectorsSubtitle(files).slice(0, -1),
            of === "vectors"
              ? "Vectors as they are; numbers are layers"
              : "Every vector scaled to length 1; numbers are layers",
          ],
        },
        explained,
        points: points.map(({ model, layer, x, y }) => ({ series: model, layer, x, y })),
      }),
    ),
    csv: formatCsv([
      ["behavior", "model", "layer", "component_1", "component_2"],
      ...points.map(({ model, layer, x, y }) => [behavior, model, ...[layer, x, y].map(String)]),
    ]),
  };
}
