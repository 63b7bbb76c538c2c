import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cosine, norm, parseSafetensorsHeader } from "@caa/core";
import { loadSteeringVectors } from "@caa/core/files";
import { FakeModel } from "@caa/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { demoGenerateSet } from "../testing/plant-lover.ts";
import { CliHarness } from "../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
});
afterEach(() => cli[Symbol.asyncDispose]());

const FILE = "vectors/kind/fake--model.safetensors";

describe("vectors generate", () => {
  it("makes the vectors of every behavior, with a table", async () => {
    const { code, stdout, stderr } = await cli.run("vectors generate --data data", {
      openModel: async () => new FakeModel({ noise: 0 }),
    });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kind +8 .* vectors\/kind\/fake--model\.safetensors$/m);
    const vectors = await loadSteeringVectors(
      join(cli.cwd, "vectors/plant-lover/fake--model.safetensors"),
    );
    expect(vectors.behavior).toBe("plant-lover");
    expect(vectors.layers).toEqual([0, 1, 2, 3, 4, 5]);
    const planted = new FakeModel().planted(2);
    expect(cosine(vectors.vector(2), planted)).toBeCloseTo(1, 5);
    expect(norm(vectors.vector(2))).toBeCloseTo(norm(planted), 5);
  });

  it("takes layers and a limit, and gives figures as JSON alone", async () => {
    const { stdout } = await cli.run(
      "vectors generate --data data --behaviors kind --layers 0 2-3,5 --limit 4 --json",
    );
    const [made] = JSON.parse(stdout).vectors;
    expect(made).toMatchObject({ behavior: "kind", pairs: 4, file: FILE, written: true });
    expect(made.layers.map((row: { layer: number }) => row.layer)).toEqual([0, 2, 3, 5]);
    const [even, odd] = (await loadSteeringVectors(join(cli.cwd, FILE))).halves ?? [];
    const expected = cosine(even?.get(2) ?? new Float32Array(), odd?.get(2) ?? new Float32Array());
    expect(made.layers[1].splitHalfCosine).toBeCloseTo(expected, 12);
  });

  it("writes the vectors alone with --only-vectors, and prints the same figures", async () => {
    const line = "vectors generate --data data --behaviors kind --json";
    const whole = JSON.parse((await cli.run(`${line} --out whole`)).stdout).vectors[0];
    const [made] = JSON.parse((await cli.run(`${line} --only-vectors`)).stdout).vectors;
    expect(made.layers).toEqual(whole.layers);
    const vectors = await loadSteeringVectors(join(cli.cwd, FILE));
    expect([...vectors.tensors()]).toHaveLength(6);
    expect(vectors.metadata).toMatchObject({
      contentHash: made.hash,
      datasetName: "data/generate/kind/generate_dataset.json",
    });
    expect(vectors.vector(2)).toEqual(
      (await loadSteeringVectors(join(cli.cwd, whole.file))).vector(2),
    );
  });

  it("keeps what is there, and refuses what other settings made", async () => {
    const line = "vectors generate --data data --behaviors kind";
    await cli.run(line);
    const before = await readFile(join(cli.cwd, FILE));
    const again = await cli.run(line);
    expect(again.code).toBe(0);
    expect(again.stderr).toBe(`kind: there already, kept (${FILE})\n`);
    const other = await cli.run(`${line} --limit 4`);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/another number of pairs; --overwrite/);
    await cli.put("data/generate/kind/generate_dataset.json", demoGenerateSet.toReversed());
    const changed = await cli.run(line);
    expect(changed.stderr).toMatch(/another data set/);
    expect(await readFile(join(cli.cwd, FILE))).toEqual(before);
    expect((await cli.run(`${line} --overwrite`)).code).toBe(0);
    expect(await readFile(join(cli.cwd, FILE))).not.toEqual(before);
  });

  it("keeps activations whose mean difference is the vector", async () => {
    await cli.run("vectors generate --data data --behaviors kind --layers 1,4 --save-activations");
    const bytes = await readFile(join(cli.cwd, "vectors/kind/fake--model.activations.safetensors"));
    const length = Number(bytes.readBigUInt64LE(0));
    const header = parseSafetensorsHeader(bytes.subarray(8, 8 + length), bytes.length);
    expect([...header.tensors.keys()]).toEqual([
      "positive.1",
      "negative.1",
      "positive.4",
      "negative.4",
    ]);
    const vector = (await loadSteeringVectors(join(cli.cwd, FILE))).vector(4);
    const read = (name: string, row: number, i: number): number =>
      bytes.readFloatLE(8 + length + tensorStart(header, name) + (row * 16 + i) * 4);
    for (let i = 0; i < 16; i += 1) {
      let sum = 0;
      for (let row = 0; row < 8; row += 1) {
        sum += read("positive.4", row, i) - read("negative.4", row, i);
      }
      expect(sum / 8).toBeCloseTo(vector[i] ?? Number.NaN, 5);
    }
  });

  it("stopped by Ctrl-C keeps whole behaviors, leaves no partial file, and goes on", async () => {
    const controller = new AbortController();
    let prompts = 0;
    const openModel = async (): Promise<FakeModel> =>
      new FakeModel({
        delay: async () => {
          prompts += 1;
          if (prompts === 11) {
            controller.abort();
          }
        },
      });
    const line = "vectors generate --data data --save-activations";
    const stopped = await cli.run(line, { openModel, signal: controller.signal });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toBe(
      "1 of 2 behaviors are done and kept in vectors. Run the same command again to go on.\nstopped\n",
    );
    const files = await readdir(join(cli.cwd, "vectors"), { recursive: true });
    expect(files.filter((file) => file.includes("."))).toHaveLength(2);
    const again = await cli.run(line);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("kind: there already");
  });

  it("with an empty folder of data ends with code 3", async () => {
    await using empty = await CliHarness.create([]);
    await empty.put("data/generate/readme.json", {});
    expect((await empty.run("vectors generate --data data")).code).toBe(3);
  });
});

describe("vectors normalize", () => {
  it("gives all behaviors one norm per layer, and keeps the directions", async () => {
    await cli.run("vectors generate --data data");
    const { code, stdout } = await cli.run("vectors normalize --json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files).toMatchObject([
      { behavior: "kind", file: "vectors/normalized/kind/fake--model.safetensors", written: true },
      { behavior: "plant-lover", over: ["kind", "plant-lover"] },
    ]);
    const load = (path: string) =>
      loadSteeringVectors(join(cli.cwd, "vectors", path, "fake--model.safetensors"));
    const [kind, plants] = [await load("normalized/kind"), await load("normalized/plant-lover")];
    const raw = await load("kind");
    for (const layer of kind.layers) {
      expect(norm(kind.vector(layer))).toBeCloseTo(norm(plants.vector(layer)), 5);
      expect(cosine(kind.vector(layer), raw.vector(layer))).toBeCloseTo(1, 6);
    }
  });

  it("is never silently different", async () => {
    await cli.run("vectors generate --data data");
    await cli.run("vectors normalize");
    const same = await cli.run("vectors normalize --json");
    expect(JSON.parse(same.stdout).files[0].written).toBe(false);
    const other = await cli.run("vectors normalize --behaviors kind");
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /normalized over kind, plant-lover, while these are over kind; --overwrite/,
    );
    expect((await cli.run("vectors normalize --behaviors kind --overwrite")).code).toBe(0);
  });

  it("says when there is nothing, and which model may have been meant", async () => {
    expect((await cli.run("vectors normalize")).code).toBe(3);
    await cli.run("vectors generate --data data");
    const { code, stderr } = await cli.run("vectors normalize --model fake/modle");
    expect(code).toBe(2);
    expect(stderr).toContain("Did you mean fake--model?");
  });
});

function tensorStart(header: ReturnType<typeof parseSafetensorsHeader>, name: string): number {
  const sizes = [...header.tensors].map(([key, { byteLength }]) => ({ key, byteLength }));
  const before = sizes.slice(
    0,
    sizes.findIndex(({ key }) => key === name),
  );
  return before.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
