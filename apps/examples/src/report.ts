import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { builtInAbSet } from "@caa/datasets";
import * as experiments from "@caa/eval";
import { planResultPlots } from "@caa/eval/plots";
import { openModel } from "@caa/llama";

const behavior = "corrigible-neutral-HHH";

/** An A/B sweep beside random directions, as one HTML page: a finding, a picture, a table. */
export async function report(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "caa-example-"));
  await using model = await openModel("phantom");
  const pairs = builtInAbSet(behavior, "generate");
  const vectors = await experiments.generateVectors(model, pairs, { limit: 50 });
  const sweep = {
    model,
    dataset: builtInAbSet(behavior, "test-ab"),
    limit: 20,
    layers: [4, 5, 6],
    store: new experiments.ResultStore(folder),
  };
  const { cells } = await experiments.runAbSweep({ ...sweep, vectors, multipliers: [-1, 0, 1] });
  const random = [1, 2].map((seed) => experiments.randomControl(vectors, seed));
  const beside = { controls: random, multipliers: [-1, 1] };
  const controls = await experiments.runControls({ ...sweep, ...beside });
  await rm(folder, { recursive: true });

  const judged = experiments.judgeLayers(cells, controls)?.judged ?? [];
  const figure = (value?: number) => value?.toFixed(3) ?? "-";
  const rows = judged.map(({ effect: { layer, change }, largestControl, verdict }) => {
    const { low, high } = change?.bootstrap ?? {};
    const figures = [change?.mean, low, high, largestControl].map(figure);
    return [String(layer), ...figures, verdict];
  });
  const titles = ["layer", "change", "low", "high", "largest control", "verdict"];
  const columns = titles.map((title) => ({ title }));
  const found = judged.filter(({ verdict }) => verdict === "stands-out");
  const layers = found.map(({ effect }) => effect.layer).join(", ") || "none";
  const text = `Layers at which ${behavior} does more than random directions: ${layers}.`;
  const plots = planResultPlots([...cells, ...controls.flatMap((control) => control.cells)]);
  const plot = await plots.find(({ kind }) => kind === "effects")?.draw();
  const caption = "Beside random directions of the same norm";
  const picture = { kind: "figure", svg: plot?.svg ?? "", caption } as const;
  return experiments.renderReport({
    title: `${behavior} on phantom`,
    lead: [{ kind: "note", text }],
    sections: [{ title: "+1 instead of -1", blocks: [picture, { kind: "table", columns, rows }] }],
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log(await report());
}
