import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { randomDirection, SteeringVectors, type Steering } from "@caa/core";
import { saveSteeringVectors } from "@caa/core/files";
import { madeUpVectors } from "@caa/core/testing";
import { openModel } from "@caa/llama";
import { phantomFolder } from "@caa/llama/phantom";
import { expect, test } from "vitest";
import { z } from "zod";

// The lines of docs/vector-format.md, run by a Python that has what they need: CAA_TEST_PYTHON, or python3.
const python = process.env["CAA_TEST_PYTHON"] ?? "python3";
const needed = ["torch", "transformers", "safetensors"];
const found = spawnSync(python, [
  "-c",
  `import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, ${JSON.stringify(needed)})))`,
]);

const page = readFileSync(new URL("../../../docs/vector-format.md", import.meta.url), "utf8");
const [, snippet = ""] = /```python\n([^`]+)```/.exec(page) ?? [];
/** Greedy tokens after a prompt, and next-token probabilities after another one. */
const CALL = `
import json, sys
where, marker, to_answer, to_choose = json.loads(sys.argv[1])
with torch.no_grad():
    model, ids = steered(*where, to_answer, marker)
    mask = torch.ones_like(ids)
    tokens = model.generate(ids, attention_mask=mask, do_sample=False, max_new_tokens=12)[0, ids.shape[1]:].tolist()
    model, choice = steered(*where, to_choose, marker)
    probabilities = model(choice).logits[0, -1].double().softmax(-1).tolist()
print(json.dumps({"ids": ids[0].tolist(), "tokens": tokens, "probabilities": probabilities}))
`;
const printed = z.object({
  ids: z.array(z.number()),
  tokens: z.array(z.number()),
  probabilities: z.array(z.number()),
});

test("the snippet of the page has at most 20 lines of code", () => {
  const lines = snippet.split("\n").filter((line) => line.trim() !== "");
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.length).toBeLessThanOrEqual(20);
});

test.skipIf(found.status !== 0)(
  `the snippet steers as we do (${python} with ${needed.join(", ")})`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "caa-snippet-"));
    try {
      await using model = await openModel("phantom", { device: "cpu" });
      const [layer, multiplier] = [5, -1.5];
      const vector = randomDirection(model.info.dModel, 12, 7);
      const path = join(folder, "vectors.safetensors");
      const { metadata } = madeUpVectors();
      await saveSteeringVectors(
        path,
        new SteeringVectors({ vectors: new Map([[layer, vector]]), metadata }),
      );
      const steering: Steering = [
        { name: "random", layer, vector, multiplier, operation: "add", positions: "marker" },
      ];
      const user = "You can have ten coins now or thirty in a year. What do you say?";
      const [generation] = await model.generate([{ prompt: { user }, steering }], {
        maxNewTokens: 12,
      });
      const [plain] = await model.generate([{ prompt: { user } }], { maxNewTokens: 12 });
      expect(generation?.tokens).not.toEqual(plain?.tokens);
      const run = promisify(execFile);
      const prompt = `<s>${generation?.promptText ?? ""}`;
      const where = [phantomFolder(), path, layer, multiplier];
      const { stdout } = await run(python, [
        "-c",
        snippet + CALL,
        JSON.stringify([where, "[/INST]", prompt, `${prompt} (`]),
      ]);
      const theirs = printed.parse(JSON.parse(stdout));
      expect(theirs.ids).toEqual(generation?.promptTokens);
      expect(theirs.tokens).toEqual(generation?.tokens);
      const asked = [{ user, answers: ["(A)", "(B)"] }];
      for await (const [result] of model.choiceProbabilities(asked, [steering])) {
        for (const [index, letter] of ["A", "B"].entries()) {
          const read = await model.explain({ user, answer: `(${letter})` }, []);
          const id = read.findLast(({ text }) => text === letter)?.id ?? -1;
          const ours = result?.probabilities[index] ?? Number.NaN;
          expect(theirs.probabilities[id]).toBeCloseTo(ours, 5);
          expect(ours).toBeGreaterThan(1e-3); // else the comparison would say nothing
        }
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
