import { expect, test } from "vitest";
import { openCheckpoint } from "../src/checkpoint/open-checkpoint.ts";
import { TokenEngine } from "../src/engine/token-engine.ts";
import { expectedOf, fixtureFolder, relativeDifference, step } from "./fixture-engine.ts";

// What CUDA runs, on the CPU provider. It takes the graph, and may compute its float16 products in float32.
test.each(["biases", "f16", "bf16"])(
  "float16 products of %s are near PyTorch's float32",
  async (name) => {
    const { steering, cases } = expectedOf(name);
    const { config, tensors } = await openCheckpoint(fixtureFolder(name));
    const options = { device: "cpu", threads: 1, precision: "float16" } as const;
    const engine = await TokenEngine.open(config, tensors, options);
    const { layer, multiplier, fromPosition: from } = steering;
    for (const { tokens, steered } of cases) {
      const { logits } = await engine.forward({
        vectors: [Float32Array.from(steering.vector)],
        sequences: [{ ids: tokens, steps: [step({ layer, multiplier, from })] }],
        logits: [{ sequence: 0, position: tokens.length - 1 }],
      });
      const difference = relativeDifference(logits[0] ?? [], steered.logits);
      expect(difference).toBeLessThan(0.01);
    }
    await engine.dispose();
  },
);
