import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Embedded } from "./embedded.ts";

const STEER = ["--steer", "sycophancy:5:1"];

it("a trace sees what was added, at the steered tokens, and generation tells what a trace of its text does", async () => {
  await using embedded = await Embedded.create();
  const trace = ["trace", "--behavior", "sycophancy", "refusal", "--layer", "5"];
  const steered = await embedded.run(...trace, "--max-new-tokens", "8", ...STEER);
  const answer: string = steered.generation.text;
  const given = await embedded.run("trace", "--behavior", "sycophancy", "--answer", answer);
  const at = steered.probes.findIndex(
    ({ name, layer }: { name: string; layer: number }) => name === "sycophancy" && layer === 5,
  );
  const { norm } = steered.probes[at];
  // The token that ends an answer has no text.
  const shared = steered.tokens.slice(0, given.tokens.length);
  const idsOf = (tokens: ReadonlyArray<{ id: number }>) => tokens.map(({ id }) => id);
  expect(idsOf(shared)).toEqual(idsOf(given.tokens));
  expect(shared.length).toBeGreaterThan(12);
  for (const [i, { isSteered, scores }] of shared.entries()) {
    const added = isSteered ? norm ** 2 : 0;
    const difference = scores[at].dot - given.tokens[i].scores[5].dot;
    expect(difference / norm ** 2).toBeCloseTo(added / norm ** 2, 3);
  }
  expect(steered.tokens.filter(({ isSteered }: { isSteered: boolean }) => isSteered)).toHaveLength(
    1 + steered.generation.tokens.length,
  );
  const page = await readFile(join(embedded.cli.cwd, steered.files[0]), "utf8");
  expect(page).toContain(`${shared.length - 11} of ${shared.length} tokens are steered`);
});
