import { FakeModel } from "@caa/core/testing";
import { expect, it } from "vitest";
import { keepOpen } from "./keep-open.ts";

it("the model can do all it could, but be disposed of", async () => {
  const model = new FakeModel();
  {
    await using kept = keepOpen(model);
    await kept.dispose();
    expect(kept.info).toBe(model.info);
    const text = { user: "What now?" };
    expect(await kept.lens?.(text, { layers: [1] })).toEqual(
      await model.lens(text, { layers: [1] }),
    );
    expect([kept.trace, kept.compareTexts, kept.logProbabilities].map((one) => typeof one)).toEqual(
      Array(3).fill("function"),
    );
  }
  expect(model.disposed).toBe(false);
});
