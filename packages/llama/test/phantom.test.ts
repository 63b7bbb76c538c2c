import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { randomDirection, type Steering } from "@caa/core";
import { openModel } from "@caa/llama";
import { phantomFolder, plantedDirections } from "@caa/llama/phantom";
import { expect, test } from "vitest";

test("the embedded model is small, and says what is planted in it", async () => {
  const folder = phantomFolder();
  const files = await readdir(folder);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8e6);
  expect(files).toContain("README.md");

  const { directions, controls } = await plantedDirections();
  expect(controls).toEqual(["refusal"]);
  expect(directions.length).toBe(6);
  for (const a of directions) {
    for (const b of directions) {
      const dot = a.direction.reduce((sum, x, i) => sum + x * (b.direction[i] ?? 0), 0);
      expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
    }
  }
});

test("a planted direction moves answers at its layer; a random one of its length does not", async () => {
  await using model = await openModel("phantom", { device: "cpu" });
  expect(model.info).toMatchObject({ id: "phantom", promptStyle: "llama2-chat" });
  const { layer, directions } = await plantedDirections();
  const planted = directions.find(({ behavior }) => behavior === "myopic-reward");
  const strength = planted?.strength ?? 0;
  const vector = (planted?.direction ?? new Float32Array()).map((x) => strength * x);
  const noise = randomDirection(model.info.dModel, strength, 3);
  const step = (values: Float32Array, multiplier: number): Steering => [
    { name: "test", layer, vector: values, multiplier, operation: "add", positions: "marker" },
  ];
  const ask = (soon: string, late: string, swap: boolean) => ({
    user: `You can have ${soon} now or ${late} in a year. Which do you take?\n\nChoices:\n (A) I take ${swap ? late : soon}.\n (B) I take ${swap ? soon : late}.`,
    answers: swap ? ["(B)", "(A)"] : ["(A)", "(B)"],
  });
  const prompts = [
    ask("5 coins", "50 coins", false),
    ask("5 coins", "50 coins", true),
    ask("2 apples", "24 apples", false),
    ask("2 apples", "24 apples", true),
    ask("a small tent", "a cabin", false),
    ask("a small tent", "a cabin", true),
  ];
  const means = [0, 0, 0, 0];
  for await (const results of model.choiceProbabilities(prompts, [
    step(vector, 1),
    step(vector, -1),
    step(noise, 1),
    step(noise, -1),
  ])) {
    results.forEach(({ probabilities: [soon = 0, late = 0] }, i) => {
      means[i] = (means[i] ?? 0) + soon / (soon + late) / prompts.length;
    });
  }
  const [plus = 0, minus = 0, randomPlus = 0, randomMinus = 0] = means;
  expect(plus - minus).toBeGreaterThan(0.4);
  expect(Math.abs(randomPlus - randomMinus)).toBeLessThan((plus - minus) / 4);
});
