import { pathToFileURL } from "node:url";
import { randomDirection, type Generation, type SteerableModel } from "@caa/core";
import { openModel, randomLlamaFolder } from "@caa/llama";

/** One answer plain and steered along a direction; a real program takes one from `loadSteeringVectors` instead. */
export async function steeredAnswer(
  model: SteerableModel,
  question: string,
): Promise<readonly Generation[]> {
  const { dModel, layerCount } = model.info;
  const layer = Math.floor(layerCount / 2);
  const vector = randomDirection(dModel, Math.sqrt(dModel), 1);
  const prompt = { user: question };
  const steering = [
    {
      name: "random",
      layer,
      vector,
      multiplier: 2,
      operation: "add",
      positions: "marker",
    } as const,
  ];
  return model.generate([{ prompt }, { prompt, steering }], { maxNewTokens: 24 });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await using model = await openModel(process.env["CAA_MODEL"] ?? randomLlamaFolder());
  for (const { text } of await steeredAnswer(model, "What do you like about trees?")) {
    console.log(JSON.stringify(text));
  }
}
