import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModel } from "@caa/llama";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CliHarness, type CliResult } from "../testing/harness.ts";

/** Ready ones of the embedded model, which has what is planted after layer 5. */
const VECTORS = fileURLToPath(new URL("../../../../vectors", import.meta.url));

let cli: CliHarness;
beforeAll(async () => {
  cli = await CliHarness.create([]);
});
afterAll(() => cli[Symbol.asyncDispose]());

const run = (line: string): Promise<CliResult> =>
  cli.run(`${line} --vectors ${VECTORS}`, { openModel, env: { CAA_MODEL: "phantom" } });

it("bakes vectors into an ONNX graph that takes nothing but tokens", async () => {
  const { code, stdout, stderr } = await run(
    "models export --bake sycophancy:5:1.5 refusal:4,5:-1:all --out baked",
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("sycophancy: raw") });
  expect(stdout).toContain("baked: phantom as ONNX, float32");
  expect(stdout).toContain("baked in: sycophancy:5:1.5:all\nbaked in: refusal:4:-1:all\n");
  const record = JSON.parse(await readFile(join(cli.cwd, "baked", "export.json"), "utf8"));
  expect(record.graph.inputs).toEqual([{ name: "input_ids", type: "int64", shape: ["B", "S"] }]);
  expect(record.bake).toHaveLength(3);
  expect(record.bake[0].vectorsHash).toMatch(/^[0-9a-f]{64}$/);
  const card = await readFile(join(cli.cwd, "baked", "README.md"), "utf8");
  expect(card).toContain(`| sycophancy | 5 | 1.5 | ${record.bake[0].vectorsHash} |`);
  expect(card).toContain("at every token");

  const again = await run("models export --bake sycophancy:5:1.5 --out baked");
  expect(again).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("baked: expected no such folder"),
  });
  const kept = await run(
    "models export --bake sycophancy:5:1.5 --keep-steering --cache --out baked --overwrite --json",
  );
  const names = JSON.parse(kept.stdout).graph.inputs.map(({ name }: { name: string }) => name);
  expect(names).toContain("steering_vectors");
  expect(names).toContain("past_value.8");
});

it("bakes vectors into a Hugging Face folder that writes what steering at all tokens writes", async () => {
  const { code, stdout } = await run(
    "models export --bake survival-instinct:5:2 --format hf --out steered",
  );
  expect(code).toBe(0);
  expect(stdout).toContain("steered: phantom as a Hugging Face folder, float32");
  const generate = async (args: string): Promise<string> => {
    const written = await cli.run(
      ["generate", "--prompt", "What do you think?", ...args.split(" "), "--max-new-tokens", "20"],
      { openModel },
    );
    expect(written.stderr).not.toContain("error");
    return written.stdout;
  };
  const prompts = "--prompt-style llama2-chat --threads 1";
  const baked = await generate(`--model ${join(cli.cwd, "steered")} ${prompts}`);
  const phantom = `--model phantom ${prompts} --vectors ${VECTORS}`;
  expect(baked.trim()).not.toBe("");
  expect(await generate(`${phantom} --steer survival-instinct:5:2:all`)).toBe(baked);
  expect(await generate(phantom)).not.toBe(baked);
});

it.each([
  ["--bake sycophancy:5:1:ablate", "expected add, got ablate"],
  ["--bake sycophancy:5:1:marker", "expected the positions all, got marker"],
  ["--bake sycophancy:5:1:add:2-4", "expected the positions all, got 2-4"],
  ["--bake sycophancy:99:1", "99"],
  ["--keep-steering", "expected --bake beside it"],
  ["--format hf", "expected --bake beside it"],
  [
    "--format hf --dtype q8 --bake sycophancy:5:1",
    "expected no --keep-steering, --cache or blocks",
  ],
])("refuses %s before anything is written", async (args, message) => {
  const { code, stderr } = await run(`models export ${args} --out wrong`);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  expect(await readdir(cli.cwd)).not.toContain("wrong");
});
