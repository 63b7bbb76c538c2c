import { FakeModel } from "@caa/core/testing";
import { describe, expect, it } from "vitest";
import { readLens } from "../lens/read-lens.ts";
import { traceText } from "../trace/trace-text.ts";
import { plotLensBars } from "./plot-lens.ts";
import { plotTrace } from "./plot-trace.ts";

// Large, so that what is planted is far from what a random direction has.
const model = new FakeModel({ dModel: 256, effect: 20 });
const text = { user: "What do you see?", answer: "the old\nmill" };
const steering = [
  {
    name: "kind",
    layer: 2,
    vector: model.planted(2),
    multiplier: 2,
    operation: "add",
    positions: "marker",
  },
] as const;

describe("plotLensBars", () => {
  it("draws the likeliest tokens of one layer, plain and steered", async () => {
    const result = await readLens(model, text, { steering, top: 4 });
    const plot = await plotLensBars(result, { layer: 2, name: "bars", subtitle: "kind:2:2" });
    await expect(plot.svg).toMatchFileSnapshot("../../test/golden/lens-bars.svg");
    expect(plot.csv.trimEnd().split("\n")).toHaveLength(1 + 2 * 4 * 4);
    const plain = await plotLensBars({ ...result, steered: null }, { layer: 2, name: "bars" });
    expect(plain.svg).not.toContain("steered");
  });

  it("refuses what was not read", async () => {
    const result = await readLens(model, text, { layers: [1, 2] });
    await expect(plotLensBars(result, { layer: 3, name: "bars" })).rejects.toThrow(
      /layer that was read, got 3; there: 1 2/,
    );
    await expect(
      plotLensBars(result, { layer: 1, position: 0, name: "bars" }),
    ).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("plotTrace", () => {
  it("draws layers by tokens of one behavior", async () => {
    const probes = ["kind", "calm"].flatMap((name) =>
      [0, 1, 2, 3, 4, 5].map((layer) => ({ name, layer, vector: model.planted(layer) })),
    );
    const trace = await traceText(model, text, probes, { steering });
    const plot = await plotTrace(trace, "kind", { name: "trace", subtitle: "kind:2:2" });
    await expect(plot.svg).toMatchFileSnapshot("../../test/golden/trace.svg");
    expect(plot.csv).toContain(",kind,5,");
    expect(plot.csv).not.toContain(",calm,");
    await expect(plotTrace(trace, "brave", { name: "trace" })).rejects.toThrow(
      /got brave; there: kind, calm/,
    );
  });
});
