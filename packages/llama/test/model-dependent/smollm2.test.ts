import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openModel } from "@caa/llama";
import type { ContrastPrompt, SteerableModel, Steering } from "@caa/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

// The golden results of a real chat model, made by an independent implementation in PyTorch, one sequence at a time.
const models = process.env["CAA_TEST_MODEL"];
const data = process.env["CAA_TEST_DATA"];
const reference = process.env["CAA_TEST_REFERENCE"];
const ready = models !== undefined && data !== undefined && reference !== undefined;

const pairSchema = z.object({
  question: z.string(),
  answer_matching_behavior: z.string(),
  answer_not_matching_behavior: z.string(),
});
const abSchema = z.object({
  layer: z.number(),
  multiplier: z.number(),
  item: z.number(),
  a_prob: z.number(),
  b_prob: z.number(),
});
const textSchema = z.object({
  layer: z.number(),
  multiplier: z.number(),
  item: z.number(),
  prompt_ids: z.array(z.number()),
  ids: z.array(z.number()),
});

const lensPlaceSchema = z.array(z.tuple([z.number(), z.number()])).length(10);
const lensSchema = z.object({
  prompt_ids: z.array(z.number()),
  layers: z
    .array(
      z.object({
        layer: z.number(),
        attention_output: lensPlaceSchema,
        residual_after_attention: lensPlaceSchema,
        mlp_output: lensPlaceSchema,
        block_output: lensPlaceSchema,
      }),
    )
    .length(30),
});
const goldenPlaces = {
  "attention-output": "attention_output",
  "residual-after-attention": "residual_after_attention",
  "mlp-output": "mlp_output",
  "block-output": "block_output",
} as const;

function readJson<T>(schema: z.ZodType<T>, ...path: readonly string[]): T {
  return schema.parse(JSON.parse(readFileSync(join(...path), "utf8")));
}

/** A tensor of a golden safetensors file, read without any of the code under test. */
function goldenTensors(file: string): (name: string) => Float32Array {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = z
    .record(z.string(), z.object({ data_offsets: z.tuple([z.number(), z.number()]) }).loose())
    .parse(JSON.parse(bytes.subarray(8, 8 + length).toString()));
  return (name) => {
    const [begin, end] = header[name]?.data_offsets ?? [0, 0];
    const start = bytes.byteOffset + 8 + length;
    return new Float32Array(bytes.buffer.slice(start + begin, start + end));
  };
}

const vectorBehaviors = [
  "coordinate-other-ais",
  "corrigible-neutral-HHH",
  "hallucination",
  "myopic-reward",
  "refusal",
  "survival-instinct",
  "sycophancy",
];
const abBehaviors = ["sycophancy", "refusal", "corrigible-neutral-HHH", "myopic-reward"];

for (const [kind, file] of [
  ["GGUF", "SmolLM2-135M-Instruct.Q4_1.gguf"],
  ["float32 folder", "SmolLM2-135M-Instruct-f32"],
] as const) {
  describe.skipIf(!ready || !existsSync(join(models, file)))(
    `SmolLM2-135M-Instruct, ${kind}`,
    () => {
      const golden = (...path: readonly string[]): string =>
        join(reference ?? "", "smollm2", ...path);
      let model: SteerableModel;

      beforeAll(async () => {
        model = await openModel(join(models ?? "", file));
      }, 300_000);
      afterAll(async () => {
        await model.dispose();
      });

      test("the logit lens: every layer, every place, the last token", async () => {
        const { prompt_ids, layers } = readJson(lensSchema, golden("lens.json"));
        const { tokens, cells } = (await model.lens?.(
          { user: "What is the capital of France?" },
          { layers: layers.map(({ layer }) => layer) },
        )) ?? { tokens: [], cells: [] };
        expect(tokens.map(({ id }) => id)).toEqual(prompt_ids);
        expect(cells).toHaveLength(30 * 4);
        for (const { layer, place, top } of cells) {
          const expected = layers[layer]?.[goldenPlaces[place]] ?? [];
          expect(top.map(({ id }) => id)).toEqual(expected.map(([id]) => id));
          top.forEach(({ probability }, i) =>
            expect(Math.abs(probability - (expected[i]?.[1] ?? Number.NaN))).toBeLessThanOrEqual(
              1e-4,
            ),
          );
        }
      });

      // The folder holds the numbers of the GGUF file: one look at each kind of result tells whether it is read right.
      test.each(kind === "GGUF" ? vectorBehaviors : ["myopic-reward"])(
        "vectors of all layers: %s",
        async (behavior) => {
          const pairs = readJson(
            z.array(pairSchema),
            data ?? "",
            "caa",
            "generate",
            behavior,
            "generate_dataset.json",
          );
          const prompts = pairs.slice(0, 60).map((pair): ContrastPrompt => ({
            user: pair.question,
            positive: pair.answer_matching_behavior,
            negative: pair.answer_not_matching_behavior,
          }));
          const layers = Array.from({ length: 30 }, (_, layer) => layer);
          const sums = layers.map(() => new Float64Array(576));
          for await (const { positive, negative } of model.contrastActivations(prompts, {
            layers,
          })) {
            sums.forEach((sum, layer) =>
              sum.forEach((_, i) => {
                sum[i] =
                  (sum[i] ?? 0) +
                  (positive[layer * 576 + i] ?? 0) -
                  (negative[layer * 576 + i] ?? 0);
              }),
            );
          }
          const tensor = goldenTensors(golden(behavior, "vectors.safetensors"));
          for (const layer of layers) {
            const expected = tensor(`vector.${layer}`);
            const difference = Math.hypot(
              ...expected.map((x, i) => x - (sums[layer]?.[i] ?? 0) / 60),
            );
            expect(difference / Math.hypot(...expected), `layer ${layer}`).toBeLessThanOrEqual(
              1e-3,
            );
          }
        },
        300_000,
      );

      test.each(kind === "GGUF" ? abBehaviors : ["refusal"])(
        "A/B probabilities under steering: %s",
        async (behavior) => {
          const items = readJson(
            z.array(pairSchema),
            data ?? "",
            "caa",
            "test",
            behavior,
            "test_dataset_ab.json",
          );
          const rows = readJson(z.array(abSchema), golden(behavior, "ab.json"));
          const tensor = goldenTensors(golden(behavior, "vectors.safetensors"));
          const cells = [8, 14, 20].flatMap((layer) =>
            [-1, 0, 1].map((multiplier) => ({ layer, multiplier })),
          );
          const steerings = cells.map(({ layer, multiplier }): Steering => [
            {
              name: behavior,
              layer,
              vector: tensor(`vector.${layer}`),
              multiplier,
              operation: "add",
              positions: "marker",
            },
          ]);
          const prompts = items
            .slice(0, 20)
            .map((item) => ({ user: item.question, answers: ["(A)", "(B)"] }));
          let count = 0;
          let item = 0;
          for await (const results of model.choiceProbabilities(prompts, steerings)) {
            cells.forEach((cell, i) => {
              const row = rows.find(
                (r) =>
                  r.layer === cell.layer && r.multiplier === cell.multiplier && r.item === item,
              );
              const [a = Number.NaN, b = Number.NaN] = results[i]?.probabilities ?? [];
              expect(Math.abs(a - (row?.a_prob ?? Number.NaN))).toBeLessThanOrEqual(1e-4);
              expect(Math.abs(b - (row?.b_prob ?? Number.NaN))).toBeLessThanOrEqual(1e-4);
              count++;
            });
            item++;
          }
          expect(count).toBe(rows.length);
        },
        300_000,
      );

      test.each(kind === "GGUF" ? ["sycophancy", "refusal"] : ["refusal"])(
        "greedy texts under steering: %s",
        async (behavior) => {
          const questions = readJson(
            z.array(z.object({ question: z.string() })),
            data ?? "",
            "caa",
            "test",
            behavior,
            "test_dataset_open_ended.json",
          );
          const rows = readJson(z.array(textSchema), golden(behavior, "open_ended.json"));
          const tensor = goldenTensors(golden(behavior, "vectors.safetensors"));
          const texts = await model.generate(
            rows.map((row) => ({
              prompt: { user: questions[row.item]?.question ?? "" },
              steering: [
                {
                  name: behavior,
                  layer: row.layer,
                  vector: tensor(`vector.${row.layer}`),
                  multiplier: row.multiplier,
                  operation: "add",
                  positions: "marker",
                },
              ],
            })),
            { maxNewTokens: 40 },
          );
          expect(texts.map((text) => text.promptTokens)).toEqual(rows.map((row) => row.prompt_ids));
          expect(texts.map((text) => text.tokens)).toEqual(rows.map((row) => row.ids));
        },
        300_000,
      );
    },
  );
}
