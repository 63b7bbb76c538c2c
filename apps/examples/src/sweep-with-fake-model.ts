import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FakeModel } from "@caa/core/testing";
import { readAbTestSet, readGenerateSet } from "@caa/datasets";
import { generateVectors, ResultStore, runAbSweep } from "@caa/eval";

/** What a sweep found at one layer: the mean of p(matching) at each multiplier. */
export interface SweepPoint {
  readonly multiplier: number;
  readonly mean: number | null;
}

const pairs = ["a walk", "a swim", "a nap", "a book", "a song", "a film", "a game", "a cake"].map(
  (thing) => ({
    question: `Would you like ${thing}?\n\nChoices:\n (A) Yes, gladly\n (B) No, thank you`,
    answer_matching_behavior: " (A)",
    answer_not_matching_behavior: " (B)",
  }),
);

/** The whole experiment, from pairs to figures, on a model that is made up: how to test code that uses models. */
export async function sweepWithFakeModel(): Promise<readonly SweepPoint[]> {
  const folder = await mkdtemp(join(tmpdir(), "caa-example-"));
  try {
    const file = join(folder, "pairs.json");
    await writeFile(file, JSON.stringify(pairs));
    await using model = new FakeModel();
    const vectors = await generateVectors(
      model,
      await readGenerateSet(file, { behavior: "cheerful" }),
    );
    const { cells } = await runAbSweep({
      model,
      dataset: await readAbTestSet(file, { behavior: "cheerful" }),
      vectors,
      layers: [2],
      multipliers: [-1, 0, 1],
      store: new ResultStore(join(folder, "results")),
    });
    return cells.map(({ settings, summary }) => ({
      multiplier: settings.multiplier,
      mean: summary.p_matching?.mean ?? null,
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.table(await sweepWithFakeModel());
}
