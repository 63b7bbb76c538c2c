import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModel } from "@caa/llama";
import { expect, test } from "vitest";
import { LastModel } from "../../src/last-model.ts";
import { CliHarness } from "../../src/testing/harness.ts";

// Vectors that PyTorch drew and saved, and what the reference in PyTorch answers with them; see make.py.
const model = join(process.env["CAA_TEST_MODEL"] ?? "", "SmolLM2-135M-Instruct.Q4_1.gguf");
const elsewhere = fileURLToPath(new URL("./made-elsewhere/", import.meta.url));
interface Row {
  readonly layer: number;
  readonly multiplier: number;
  readonly item: number;
  readonly a_prob: number;
  readonly b_prob: number;
}

const json = async (path: string) => JSON.parse(await readFile(path, "utf8"));

test.skipIf(!existsSync(model))(
  "vectors made elsewhere steer a real model to the reference's probabilities, from every format",
  async () => {
    await using models = new LastModel(openModel);
    await using cli = await CliHarness.create([]);
    const expected: readonly Row[] = await json(`${elsewhere}probabilities.json`);
    const files = {
      pt: `${elsewhere}vec_layer_8_SmolLM2-135M-Instruct.pt ${elsewhere}vec_layer_20_SmolLM2-135M-Instruct.pt`,
      gguf: `${elsewhere}control-vector.gguf`,
      safetensors: `${elsewhere}vectors.safetensors`,
    };
    for (const [behavior, paths] of Object.entries(files)) {
      await cli.put(
        `data/test/${behavior}/test_dataset_ab.json`,
        await json(`${elsewhere}items.json`),
      );
      const made = await cli.run(`vectors import ${paths} --behavior ${behavior} --model ${model}`);
      expect(made.stdout).toContain("they fit by architecture (LlamaForCausalLM, 30 layers");
      const { code, stdout, stderr } = await cli.run(
        `eval --type ab --model ${model} --data data --behaviors ${behavior} --layers 8 20 --multipliers -1 0 1 --no-controls --json`,
        { openModel: models.openModel },
      );
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringContaining("not known to be made on this very model"),
      });
      let compared = 0;
      let largest = 0;
      for (const { file } of JSON.parse(stdout).runs[0].cells) {
        const { settings, rows } = await json(join(cli.cwd, file));
        for (const [item, got] of rows.entries()) {
          const want = expected.find(
            (one) =>
              one.item === item &&
              one.multiplier === settings.multiplier &&
              (one.layer === settings.layer || settings.multiplier === 0),
          );
          for (const key of ["a_prob", "b_prob"] as const) {
            largest = Math.max(largest, Math.abs(got[key] - (want?.[key] ?? Number.NaN)));
            compared += 1;
          }
        }
      }
      expect(compared).toBe(48);
      expect(largest).toBeLessThanOrEqual(1e-4);
    }
  },
  300_000,
);
