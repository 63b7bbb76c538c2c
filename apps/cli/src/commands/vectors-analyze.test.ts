import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { saveSteeringVectors } from "@caa/core/files";
import { madeUpVectors } from "@caa/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create([]);
});
afterEach(() => cli[Symbol.asyncDispose]());

/** Made-up vectors of a behavior and model in the folder of vectors. */
async function put(behavior: string, model: string, dModel = 8): Promise<void> {
  await mkdir(join(cli.cwd, "vectors", behavior), { recursive: true });
  const metadata = { behavior, modelId: model, modelHash: model };
  const seed = behavior.length + model.length;
  await saveSteeringVectors(
    join(cli.cwd, `vectors/${behavior}/${model}.safetensors`),
    madeUpVectors({ layers: [0, 1, 2], dModel, seed, metadata }),
  );
}

describe("vectors analyze", () => {
  it("draws what all vectors of the folder have in common", async () => {
    await put("kind", "one");
    await put("calm", "one");
    await put("kind", "two");
    await put("kind", "wide", 16);
    const { code, stdout, stderr } = await cli.run("vectors analyze --layer 1 --json");
    expect(code).toBe(0);
    const { files, skipped, vectors } = JSON.parse(stdout);
    expect((await readdir(join(cli.cwd, "plots"))).map((name) => `plots/${name}`)).toEqual(
      files.toSorted(),
    );
    expect(files.filter((file: string) => file.endsWith(".svg"))).toEqual([
      "plots/layer-similarity_behavior=calm_model=one.svg",
      "plots/pca_behavior=calm_model=one.svg",
      ...["one", "two", "wide"].flatMap((model) => [
        `plots/layer-similarity_behavior=kind_model=${model}.svg`,
        `plots/pca_behavior=kind_model=${model}.svg`,
      ]),
      "plots/norms_model=one.svg",
      "plots/reliability_model=one.svg",
      "plots/behavior-similarity_model=one.svg",
      "plots/behavior-similarity_layer=1_model=one.svg",
      ...["two", "wide"].flatMap((model) => [
        `plots/norms_model=${model}.svg`,
        `plots/reliability_model=${model}.svg`,
      ]),
      "plots/model-similarity_model=one_other=two.svg",
      "plots/pca_behavior=kind_models=one+two.svg",
    ]);
    expect(skipped).toEqual([
      expect.stringMatching(/^one and wide: .* 8 of one and 16 of wide$/),
      expect.stringMatching(/^two and wide: /),
    ]);
    expect(stderr).toMatch(/^skipped: one and wide/m);
    expect(vectors).toHaveLength(4);
    expect(vectors[0]).toMatchObject({ behavior: "calm", model: "one", pairs: 10 });
  }, 60_000);

  it("takes files, two versions of one name too, and prints the layer whose halves agree best", async () => {
    await put("kind", "one");
    const { metadata } = madeUpVectors({ metadata: { behavior: "kind" } });
    await mkdir(join(cli.cwd, "old"));
    await saveSteeringVectors(
      join(cli.cwd, "old/one.safetensors"),
      madeUpVectors({ layers: [0, 1, 2], dModel: 8, seed: 40, metadata }),
    );
    const { code, stdout } = await cli.run(
      "vectors analyze vectors/kind/one.safetensors old/one.safetensors --out here --latex",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kind +vectors\/kind\/one +10 +[012] +0\.\d{3}/m);
    const name = "here/model-similarity_model=vectors--kind--one_other=old--one.csv";
    expect(stdout).toContain(`${name}\n`);
    expect(await readFile(join(cli.cwd, name), "utf8")).toMatch(
      /^behavior,model,other_model,layer,other_layer,cosine\nkind,vectors\/kind\/one,old\/one,0,0,/,
    );
  }, 60_000);

  it("says what is not there", async () => {
    expect((await cli.run("vectors analyze")).stderr).toMatch(/Make them: caa vectors generate/);
    await put("kind", "one");
    const slips: ReadonlyArray<readonly [string, RegExp]> = [
      ["--behaviors kidn", /got kidn\. Did you mean kind\?/],
      ["--models on", /got on\..* There: one/],
      ["--layer 7", /--layer: expected a layer of these vectors, got 7; there: 0 1 2/],
      ["--kind normalized", /Make them: caa vectors normalize/],
      ["gone.safetensors", /gone\.safetensors/],
    ];
    for (const [args, message] of slips) {
      const { code, stdout, stderr } = await cli.run(`vectors analyze ${args}`);
      expect(stderr).toMatch(message);
      expect(stdout).toBe("");
      expect(code).toBeGreaterThan(1);
    }
  });
});
