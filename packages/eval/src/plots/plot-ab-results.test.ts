import { describe, expect, it } from "vitest";
import { madeUpCell, madeUpGrid } from "../../test/made-up-cells.ts";
import { multiplierColors } from "./palette.ts";
import { plotAbResults } from "./plot-ab-results.ts";
import { renderPng } from "./render.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("plotAbResults", () => {
  it("draws the pictures that were looked at", async () => {
    const plots = await plotAbResults(madeUpGrid(range(30), [-2, -1, 0, 1, 2]));
    const common = "behavior=sycophancy_type=ab_model=SmolLM2-135M-Instruct_vectors=normalized";
    const rest = "operation=add_positions=marker_prompt=template_dtype=float32";
    expect(plots.map((plot) => plot.name)).toEqual([
      `layers_${common}_${rest}`,
      `multipliers_layer=13_${common}_${rest}`,
    ]);
    await expect(plots[0]?.svg).toMatchFileSnapshot("../../test/golden/layers.svg");
    await expect(plots[1]?.svg).toMatchFileSnapshot("../../test/golden/multipliers.svg");
    await expect(plots[1]?.csv).toMatchFileSnapshot("../../test/golden/multipliers.csv");
  });

  it("draws the same text again", async () => {
    const cells = madeUpGrid([0, 5, 9], [-1, 0, 1], 0.02);
    const first = await plotAbResults(cells);
    expect(await plotAbResults(cells.toReversed())).toEqual(first);
    expect(first[0]?.svg).toContain("Letter mass down to");
  });

  it("draws one cell, and cells without a score", async () => {
    const one = await plotAbResults([madeUpCell({ behavior: "a & <b>", multiplier: 0 })]);
    expect(one).toHaveLength(2);
    expect(one[0]?.svg).toContain("a &amp; &lt;b&gt;: p(matching) per layer");
    const cell = madeUpCell();
    const unscored = { ...cell, summary: { ...cell.summary, n: 0, unscored: 1, p_matching: null } };
    const plots = await plotAbResults([madeUpCell({ layer: 12 }), unscored]);
    expect(plots[0]?.svg).not.toContain("NaN");
    expect(plots[0]?.csv).toMatch(/,13,1\.0,0,1,,,,,,/);
  });

  it("keeps behaviors, models and vectors apart, and gives every plot its own name", async () => {
    const other = madeUpCell();
    const plots = await plotAbResults([
      madeUpCell(),
      madeUpCell({ behavior: "refusal" }),
      madeUpCell({ vectors: "raw" }),
      { ...other, hashes: { ...other.hashes, model: "d".repeat(64) } },
    ]);
    expect(new Set(plots.map((plot) => plot.name)).size).toBe(8);
  });

  it("draws one of the two alone when told", async () => {
    const cells = madeUpGrid([0, 5], [-1, 1]);
    const both = await plotAbResults(cells);
    expect(await plotAbResults(cells, { kinds: ["layers"] })).toEqual(both.slice(0, 1));
    expect(await plotAbResults(cells, { kinds: ["multipliers"] })).toEqual(both.slice(1));
  });

  it("refuses what would be an empty plot", async () => {
    await expect(plotAbResults([])).rejects.toMatchObject({ code: "empty-selection" });
    await expect(plotAbResults([madeUpCell()], { layer: 3 })).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("has 13"),
    });
  });
});

describe("renderPng", () => {
  it("draws letters with the fonts of the package", () => {
    const picture = (text: string): Uint8Array =>
      renderPng(
        `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text y="15" font-family="DejaVu Sans">${text}</text></svg>`,
      );
    expect([...picture("layer").subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(picture("layer")).not.toEqual(picture("")); // a font that is not found draws nothing
    expect(picture("layer")).toEqual(picture("layer"));
  });

  it("refuses what is no picture", () => {
    expect(() => renderPng("layer,p")).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
    expect(() => renderPng("<svg/>", { scale: 0 })).toThrow(/scale in \(0, 8\], got 0/);
  });
});

describe("multiplierColors", () => {
  it("tells the sign by hue and the strength by darkness", () => {
    const colors = multiplierColors([-2, -1, 0, 1, 2]);
    expect(new Set(colors).size).toBe(5);
    const red = (color: string): number => Number.parseInt(color.slice(1, 3), 16);
    const blue = (color: string): number => Number.parseInt(color.slice(5, 7), 16);
    expect(colors.map((color) => Math.sign(red(color) - blue(color)))).toEqual([1, 1, 0, -1, -1]);
    expect(multiplierColors([-1, 1])).toEqual([colors[0], colors[4]]);
  });
});
