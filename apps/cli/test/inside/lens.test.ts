import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Embedded } from "./embedded.ts";

const STEER = ["--steer", "sycophancy:5:1"];

it("the lens at the last block's output says what the model then writes, plain and steered", async () => {
  await using embedded = await Embedded.create();
  const lens = await embedded.run("lens", ...STEER);
  const last = (reading: typeof lens.plain) => reading.cells.at(-1);
  expect(last(lens.plain)).toMatchObject({ layer: 8, place: "block-output" });
  for (const [reading, steer] of [
    [lens.plain, []],
    [lens.steered, STEER],
  ] as const) {
    const { tokens } = await embedded.run("generate", "--max-new-tokens", "1", ...steer);
    expect(last(reading).top[0].id).toBe(tokens[0]);
  }
  const page = await readFile(join(embedded.cli.cwd, lens.files[0]), "utf8");
  expect(page).toContain("layer 8, position 11, block output, steered");
});
