import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  encodeTorch,
  exportVectors,
  loadSteeringVectors,
  saveSteeringVectors,
} from "@caa/core/files";
import { madeUpVectors } from "@caa/core/testing";
import { BEHAVIOR_NAMES } from "@caa/datasets";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create([]);
});
afterEach(() => cli[Symbol.asyncDispose]());

/** Vectors as the original publishes them: a file a layer, named for its model, in a folder a behavior. */
async function putOriginal(
  folder: string,
  model: string,
  { layers, dModel }: { readonly layers: readonly number[]; readonly dModel: number },
): Promise<void> {
  for (const [seed, behavior] of BEHAVIOR_NAMES.entries()) {
    const vectors = madeUpVectors({ layers, dModel, seed });
    await mkdir(join(cli.cwd, folder, behavior), { recursive: true });
    for (const layer of layers) {
      await writeFile(
        join(cli.cwd, folder, behavior, `vec_layer_${layer}_${model}.pt`),
        encodeTorch(vectors.vector(layer), { dtype: seed === 0 ? "float16" : "float32" }),
      );
    }
  }
}

const load = (path: string) => loadSteeringVectors(join(cli.cwd, path));

describe("vectors import", () => {
  it("takes the original's folder of all behaviors with one command", async () => {
    await putOriginal("CAA/vectors", "Llama-2-7b-chat-hf", { layers: [0, 13], dModel: 4096 });
    await putOriginal("CAA/vectors", "Llama-2-13b-chat-hf", { layers: [13], dModel: 5120 });
    const { code, stdout, stderr } = await cli.run(
      "vectors import CAA/vectors --model-id llama-2-7b-chat",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const file = "meta-llama--Llama-2-7b-chat-hf.safetensors";
    expect(await readdir(join(cli.cwd, "vectors"))).toEqual([...BEHAVIOR_NAMES].sort());
    expect(stdout).toMatch(/^refusal +0-13 \(2\) +4096 .* written +vectors\/refusal\//m);
    expect(stdout).toContain(
      "coordinate-other-ais: float16 to float32, exact for all 8192 values\n",
    );
    expect(stdout).toMatch(/^files of other models are left out: 1$/m);
    expect(stdout).not.toContain("taken for");
    expect(stdout).toMatch(/^unknown: which data they are of/m);
    expect(stdout).toMatch(/^meta-llama\/Llama-2-7b-chat-hf was not looked at/m);
    const vectors = await load(`vectors/refusal/${file}`);
    const made = madeUpVectors({
      layers: [0, 13],
      dModel: 4096,
      seed: BEHAVIOR_NAMES.indexOf("refusal"),
    });
    expect(vectors.vector(13)).toEqual(made.vector(13));
    expect(vectors.metadata).toMatchObject({
      modelId: "meta-llama/Llama-2-7b-chat-hf",
      modelHash: "unknown",
      architecture: null,
      normalization: null,
      provenance: { sources: [{ name: "vec_layer_0_Llama-2-7b-chat-hf.pt" }, {}] },
    });
  });

  it("puts normalized ones where normalized ones are, with the norms that they have", async () => {
    await putOriginal("CAA/normalized", "phantom", { layers: [1, 5], dModel: 96 });
    const { code, stdout } = await cli.run(
      "vectors import CAA/normalized --normalized --model phantom --behavior refusal --json",
    );
    expect(code).toBe(0);
    const [made] = JSON.parse(stdout).vectors;
    expect(made.file).toBe("vectors/normalized/refusal/phantom.safetensors");
    expect(made.notes).toContain(
      "phantom: not known to be made on this very model, they fit by architecture (LlamaForCausalLM, 9 layers, 96 values a layer)",
    );
    const { metadata } = await load(made.file);
    expect(metadata.normalization?.behaviors).toEqual(["unknown"]);
    expect(metadata).toMatchObject({ architecture: "LlamaForCausalLM", layerCount: 9 });
  });

  it("refuses what does not fit the model, before anything is written", async () => {
    await putOriginal("wide", "phantom", { layers: [5], dModel: 64 });
    await putOriginal("deep", "phantom", { layers: [9], dModel: 96 });
    await putOriginal("two", "a", { layers: [5], dModel: 96 });
    await putOriginal("two", "b", { layers: [5], dModel: 96 });
    for (const [line, message] of [
      ["wide --model phantom", /expected 96 values a layer for phantom, got 64/],
      ["deep --model phantom", /expected layers 0 to 8 for phantom, got 9/],
      ["two --model phantom", /expected files of phantom, got some of a, b/],
      ["two --model-id c/b --behavior kind", /--behavior: expected one of .*, got kind/],
      ["wide", /expected the model \(--model\)/],
      ["wide --model no-such-model", /expected a folder, a \.gguf file or a hub id/],
      ["nowhere --model phantom", /nowhere: expected a file or folder of vectors/],
      ["wide deep --model phantom", /expected a folder alone, got 2 paths/],
      [
        "two/refusal/vec_layer_5_a.pt two/refusal/vec_layer_5_b.pt --behavior kind --model-id a",
        /expected files of one model, got 1 that are not named for a/,
      ],
      ["wide --model phantom --model-id a", /--model-id: expected no --model beside it/],
    ] as const) {
      const { code, stderr } = await cli.run(`vectors import ${line}`);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
    expect(await readdir(cli.cwd)).not.toContain("vectors");
  });

  it("refuses our own file of a model's name that its size does not fit, and more files than layers can be", async () => {
    const own = madeUpVectors({ layers: [9], dModel: 96, metadata: { modelId: "phantom" } });
    await saveSteeringVectors(join(cli.cwd, "own.safetensors"), own);
    expect((await cli.run("vectors import own.safetensors --model phantom")).stderr).toMatch(
      /expected layers 0 to 8 for phantom, got 9/,
    );
    await mkdir(join(cli.cwd, "many"));
    for (let i = 0; i < 2_049; i++) {
      await writeFile(join(cli.cwd, "many", `vec_layer_${i}_m.pt`), "");
    }
    expect((await cli.run("vectors import many --model-id m")).stderr).toMatch(
      /many: expected at most 2048 files of one behavior, got 2049/,
    );
  });

  it("prints nothing of a file that would steer the terminal", async () => {
    const metadata = { architecture: "\u001bForCausalLM" };
    expect(() => madeUpVectors({ metadata })).toThrow(/no control characters/);
    const { files } = exportVectors(madeUpVectors({ layers: [1] }), { format: "gguf" });
    const [file] = files;
    const foreign = new TextDecoder("latin1")
      .decode(file?.bytes)
      .replace("caa.metadata", "not.metadata")
      .replace("unknown", "\u001b[31m\u0000\u0000");
    await writeFile(join(cli.cwd, "a.gguf"), foreign, "latin1");
    const line = "vectors import a.gguf --behavior kind --model-id m";
    expect((await cli.run(line)).stdout).toContain("of the family \\u001b[31m\\u0000\\u0000\n");
    const named = foreign.replace("direction.1", "direction\u001b1");
    await writeFile(join(cli.cwd, "b.gguf"), named, "latin1");
    const { stderr } = await cli.run("vectors import b.gguf --behavior kind --model-id m");
    expect(stderr).toContain('tensor "direction\\u001b1"');
  });

  it("keeps what is there, and never replaces others unasked", async () => {
    await putOriginal("one", "phantom", { layers: [5], dModel: 96 });
    await putOriginal("other", "phantom", { layers: [6], dModel: 96 });
    const named = await cli.run("vectors import one/refusal --model-id m --out elsewhere");
    expect(named.stdout).toContain("the files are named for phantom, and taken for m\n");
    const line = "vectors import one/refusal --model-id phantom";
    expect((await cli.run(line)).stdout).toMatch(/^refusal +5 .* written/m);
    expect((await cli.run(line)).stdout).toMatch(/^refusal .* there already/m);
    const others = await cli.run("vectors import other/refusal --model-id phantom");
    expect(others).toMatchObject({ code: 2, stderr: expect.stringMatching(/got others; --over/) });
    const known = await cli.run("vectors import one/refusal --model phantom");
    expect(known.stderr).toMatch(/of which other things are known; --overwrite replaces/);
    expect((await cli.run("vectors import one/refusal --model phantom --overwrite")).code).toBe(0);
  });

  it("says on use that vectors are not known to be of the model", async () => {
    await putOriginal("one", "model", { layers: [2], dModel: 16 });
    await cli.run("vectors import one/refusal --behavior kind --model-id fake/model");
    const { code, stderr } = await cli.run([
      ..."generate --steer kind:2:1 --prompt".split(" "),
      "Hello",
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain(
      "kind: raw vectors from vectors/kind/fake--model.safetensors; not known to be made on this very model, they fit by size alone (16 values a layer)",
    );
  });
});

describe("vectors export", () => {
  it("and import bring a vector to every format and back, equal", async () => {
    await putOriginal("one", "Llama-2-7b-chat-hf", { layers: [5, 13], dModel: 8 });
    const model = "meta-llama/Llama-2-7b-chat-hf";
    await cli.run(`vectors import one/refusal --model-id ${model}`);
    const exported = await cli.run("vectors export --behavior refusal --format gguf --out to");
    expect(exported.stdout).toBe("to/refusal/Llama-2-7b-chat-hf.gguf\n");
    expect(exported.stderr).toMatch(/llama\.cpp adds all layers of a control vector at once/);
    const path = "to/refusal/Llama-2-7b-chat-hf.gguf";
    const back = await cli.run(`vectors import ${path} --out again`);
    expect(back.stdout).toMatch(/our own metadata, which is kept/);
    const file = "refusal/meta-llama--Llama-2-7b-chat-hf.safetensors";
    expect(await readFile(join(cli.cwd, "again", file))).toEqual(
      await readFile(join(cli.cwd, "vectors", file)),
    );
    const line = `vectors export --behavior again/${file} --format pt --out to`;
    expect((await cli.run(line)).stderr).toBe(
      "left out: all metadata but layer and model, which are in the names\n",
    );
    for (const layer of [5, 13]) {
      const name = `vec_layer_${layer}_Llama-2-7b-chat-hf.pt`;
      expect(await readFile(join(cli.cwd, "to/refusal", name))).toEqual(
        await readFile(join(cli.cwd, "one/refusal", name)),
      );
    }
    const twice = await cli.run(line);
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringMatching(/--overwrite/) });
    expect((await cli.run(`${line} --overwrite`)).code).toBe(0);
    await cli.run(`vectors export --behavior again/${file} --format safetensors --out to`);
    expect(await readFile(join(cli.cwd, "to/refusal/Llama-2-7b-chat-hf.safetensors"))).toEqual(
      await readFile(join(cli.cwd, "vectors", file)),
    );
  });

  it("writes nothing outside of --out, whatever the file calls itself", async () => {
    for (const [index, behavior] of ["../../elsewhere", join(cli.cwd, "elsewhere")].entries()) {
      const path = `${index}.safetensors`;
      await saveSteeringVectors(join(cli.cwd, path), madeUpVectors({ metadata: { behavior } }));
      for (const format of ["pt", "gguf", "safetensors"]) {
        const line = `vectors export --behavior ./${path} --format ${format} --out a/b`;
        expect(await cli.run(line)).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(/behavior: expected a name of letters/),
        });
      }
    }
    expect(await readdir(cli.cwd)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:elsewhere|a)$/)]),
    );
  });

  it("names layers that a control vector has no place for", async () => {
    await putOriginal("one", "m", { layers: [0, 1], dModel: 8 });
    await cli.run("vectors import one/refusal --model-id m");
    const line = "vectors export --behavior refusal --model m --format gguf --out to";
    expect((await cli.run(`${line} --layers 0`)).stderr).toMatch(/layer 0: expected layers from 1/);
    expect((await cli.run(line)).stderr).toMatch(/^left out: layer 0, to which llama\.cpp adds/);
  });
});
