import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ActivationsReader } from "../activations-reader.ts";
import { demoGenerateSet } from "../testing/plant-lover.ts";
import { CliHarness } from "../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create(["kind"]);
  await cli.run("vectors generate --data data --layers 1-2 --save-activations");
});
afterEach(() => cli[Symbol.asyncDispose]());

const FILE = "vectors/kind/fake--model.activations.safetensors";

describe("plot activations", () => {
  it("draws what vectors generate kept, a picture per layer with both letters", async () => {
    const { code, stdout, stderr } = await cli.run("plot activations");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const name = "plots/activations_layer=2_behavior=kind_model=fake--model";
    expect(stdout.split("\n")).toEqual(
      [name.replace("=2", "=1"), name]
        .flatMap((plot) => [`${plot}.svg`, `${plot}.png`, `${plot}.csv`])
        .concat(""),
    );
    const rows = (await readFile(join(cli.cwd, `${name}.csv`), "utf8")).trim().split("\n").slice(1);
    const letters = rows.map((row) => row.split(",").slice(4, 6).join(" "));
    const items: ReadonlyArray<Record<string, string>> = JSON.parse(
      JSON.stringify(demoGenerateSet),
    );
    const letterOf = (answer: string): string => answer.replaceAll(/[ ()]/g, "");
    expect(letters).toEqual(
      items.flatMap((item) => [
        `positive ${letterOf(item["answer_matching_behavior"] ?? "")}`,
        `negative ${letterOf(item["answer_not_matching_behavior"] ?? "")}`,
      ]),
    );
    expect(await readFile(join(cli.cwd, `${name}.svg`), "utf8")).toContain(
      `n = ${demoGenerateSet.length} pairs`,
    );
  }, 60_000);

  it("refuses what is not there or no file of activations", async () => {
    const missing = await cli.run("plot activations --layers 4");
    expect(missing.stderr).toMatch(/expected one of the layers 1 2, got 4/);
    expect((await cli.run("plot activations --behaviors calm")).stderr).toMatch(/got none/);
    for (const [bytes, message] of [
      [Buffer.from("no"), /at least 8 bytes/],
      [await readFile(join(cli.cwd, "vectors/kind/fake--model.safetensors")), /activations: /],
      [(await readFile(join(cli.cwd, FILE))).subarray(0, -4), /tensors end at/],
    ] as const) {
      await writeFile(join(cli.cwd, "bad.safetensors"), bytes);
      const { code, stderr } = await cli.run("plot activations bad.safetensors");
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  });

  it("does without letters in files that do not name them", async () => {
    const bytes = await readFile(join(cli.cwd, FILE));
    const header = bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0)));
    // of the same length, so that the offsets stay as they are
    header.write(header.toString("utf8").replace('"letters"', '"lettres"'), "utf8");
    await writeFile(join(cli.cwd, "old.safetensors"), bytes);
    await using file = await ActivationsReader.open(join(cli.cwd, "old.safetensors"));
    expect(file.letters).toBeNull();
    expect((await file.read(1)).positive).toHaveLength(demoGenerateSet.length);
  });
});
