import { describe, expect, it } from "vitest";
import { madeUpSettings } from "../../test/made-up-cells.ts";
import { behaviorFolder, cellFileName, formatMultiplier } from "./cell-name.ts";
import type { ChoiceSettings } from "./settings.ts";

describe("cellFileName", () => {
  it("lists every setting", () => {
    expect(cellFileName(madeUpSettings({ limit: 50, positions: "3-7" }))).toBe(
      "layer=13_multiplier=1.0_behavior=sycophancy_type=ab_model=SmolLM2-135M-Instruct_vectors=normalized_operation=add_positions=3-7_prompt=template_dtype=float32_limit=50.json",
    );
  });

  it("never gives two different settings the same name, and only safe names", () => {
    const long = "x".repeat(300);
    const variants: ReadonlyArray<Partial<ChoiceSettings>> = [
      {},
      { layer: 1 },
      { layer: 14 },
      { multiplier: -1 },
      { multiplier: 1.5 },
      { multiplier: 1e-7 },
      { multiplier: 1e21 },
      { behavior: "a_type=ab" },
      { behavior: "a", model: "b_vectors=raw" },
      { behavior: "../../etc/passwd" },
      { behavior: "..\\x\u0000\n" },
      { behavior: "a%2fb" },
      { behavior: "a/b" },
      { model: "org/name" },
      { model: "org%2fname" },
      { model: long },
      { model: `${long}y` },
      { model: long, layer: 14 },
      { vectors: "raw" },
      { overrideVector: 0 },
      { overrideVector: 13 },
      { overrideVectorModel: "org/name" },
      { systemPrompt: "pos" },
      { systemPrompt: "neg" },
      { overrideWeights: "taught" },
      { overrideWeights: "taught_vectors=raw" },
      { operation: "clamp" },
      { positions: "all" },
      { promptStyle: "llama2-base" },
      { dtype: "q8" },
      { system: "Be good." },
      { system: "Be bad." },
      { system: "" },
      { limit: 1 },
      { limit: 10 },
    ];
    const names = variants.map((changes) => cellFileName(madeUpSettings(changes)));
    expect(new Set(names).size).toBe(variants.length);
    for (const name of names) {
      expect(name).toMatch(/^layer=[A-Za-z0-9._+=%-]{1,224}$/);
    }
  });

  it("keeps folders of behaviors inside the store", () => {
    expect(behaviorFolder("survival-instinct")).toBe("survival-instinct");
    for (const name of ["..", ".", ".partial", "a/../b", "\\", "x".repeat(1000)]) {
      expect(behaviorFolder(name)).toMatch(/^[A-Za-z0-9_%][A-Za-z0-9._%=-]{0,219}$/);
    }
  });

  it("writes multipliers as result files of this method do", () => {
    expect([1, -2, 0, -0, 0.5, 1e300].map(formatMultiplier)).toEqual([
      "1.0",
      "-2.0",
      "0.0",
      "0.0",
      "0.5",
      "1e+300",
    ]);
  });
});
