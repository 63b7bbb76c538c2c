import { describe, expect, test } from "vitest";
import { chooseDevice } from "./device.ts";

describe("chooseDevice", () => {
  test("auto takes CUDA only where its provider is installed", () => {
    expect(chooseDevice("auto", () => true)).toBe("cuda");
    expect(chooseDevice("auto", () => false)).toBe("cpu");
    expect(chooseDevice("cpu", () => true)).toBe("cpu");
  });

  test("cuda without its provider names the missing file and where to read on", () => {
    expect(() => chooseDevice("cuda", () => false)).toThrow(
      /libonnxruntime_providers_cuda\.so.*docs\/cuda\.md/,
    );
  });
});
