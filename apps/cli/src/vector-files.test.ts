import { describe, expect, test } from "vitest";
import { ownerFileName, vectorPath } from "./vector-files.ts";

describe("names of vector files", () => {
  test("quantized weights have their own, float weights share one", () => {
    const id = "org/model";
    expect(ownerFileName({ id, dtype: "float32" })).toBe("org--model");
    expect(ownerFileName({ id, dtype: "float16" })).toBe("org--model");
    expect(ownerFileName({ id, dtype: "q8" })).toBe("org--model.q8");
    expect(ownerFileName({ id, dtype: "q4" })).toBe("org--model.q4");
  });

  test("a behavior cannot lead out of the folder", () => {
    for (const behavior of ["../x", "a/b", "normalized", ""]) {
      expect(() => vectorPath("vectors", behavior, "m", "raw")).toThrow(/expected a name/);
    }
  });
});
