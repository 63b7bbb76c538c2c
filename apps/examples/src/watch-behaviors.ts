import { pathToFileURL } from "node:url";
import type { GenerateRequest, SteerableModel } from "@caa/core";
import { builtInAbSet } from "@caa/datasets";
import { cosineBand, generateVectors, monitorProjections, probesOf } from "@caa/eval";
import { openModel } from "@caa/llama";

const behaviors = ["sycophancy", "myopic-reward"] as const;

/** Lines of tokens with their cosines with two behaviors' vectors, as the model reads them; those beyond chance are marked. */
export async function* watchBehaviors(
  model: SteerableModel,
  request: GenerateRequest,
  layer: number,
): AsyncGenerator<string> {
  const probes = [];
  for (const behavior of behaviors) {
    const pairs = builtInAbSet(behavior, "generate");
    const vectors = await generateVectors(model, pairs, { layers: [layer], limit: 50 });
    probes.push(...probesOf(vectors));
  }
  const band = cosineBand(model.info.dModel);
  const options = { maxNewTokens: 10 };
  for await (const { text, scores } of monitorProjections(model, request, probes, options)) {
    const figures = scores.map(
      ({ cosine }) => `${cosine.toFixed(2)}${Math.abs(cosine) > band ? "*" : ""}`,
    );
    yield [JSON.stringify(text), ...figures].join(" ");
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await using model = await openModel("phantom");
  for await (const line of watchBehaviors(model, { prompt: { user: "What do you think?" } }, 5)) {
    console.log(line);
  }
}
