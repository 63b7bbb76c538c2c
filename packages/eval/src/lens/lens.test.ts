import type { LensReading } from "@caa/core";
import { FakeModel } from "@caa/core/testing";
import { describe, expect, it } from "vitest";
import { lensCsv } from "./lens-csv.ts";
import { renderLensPage } from "./lens-page.ts";
import { readLens } from "./read-lens.ts";

const model = new FakeModel();
const text = { user: "What now?" };
const steering = [
  {
    name: "kind",
    layer: 2,
    vector: model.planted(2),
    multiplier: 5,
    operation: "add",
    positions: "marker",
  },
] as const;

describe("readLens", () => {
  it("reads all layers at the last token, plain and beside it steered", async () => {
    const { plain, steered } = await readLens(model, text, { steering, top: 3 });
    expect(plain.cells).toHaveLength(6 * 4);
    expect(new Set(plain.cells.map(({ position }) => position))).toEqual(new Set([3]));
    expect(steered?.cells.slice(0, 11)).toEqual(plain.cells.slice(0, 11)); // up to layer 2's MLP
    expect(steered?.cells[11]).not.toEqual(plain.cells[11]);
    expect((await readLens(model, text)).steered).toBeNull();
  });

  it("takes layers and positions in any order, each once", async () => {
    const { plain } = await readLens(model, text, { layers: [4, 1, 4], positions: [2, 0] });
    const at = plain.cells.map(({ layer, position }) => `${layer}/${position}`);
    expect([...new Set(at)]).toEqual(["1/0", "1/2", "4/0", "4/2"]);
  });

  it("says what was expected", async () => {
    await expect(readLens({ info: model.info }, text)).rejects.toMatchObject({
      code: "unsupported",
    });
    await expect(readLens(model, text, { layers: [] })).rejects.toMatchObject({
      code: "empty-selection",
    });
    await expect(readLens(model, text, { layers: [6] })).rejects.toThrow(/layer 0 to 5, got 6/);
    await expect(readLens(model, text, { positions: [4] })).rejects.toThrow(/0 to 3, got 4/);
    await expect(readLens(model, text, { positions: [-1] })).rejects.toThrow(/from 0 on, got -1/);
    await expect(readLens(model, text, { top: 0 })).rejects.toThrow(/1 or more tokens, got 0/);
  });
});

describe("renderLensPage", () => {
  it("has at one position the places side by side, plain and steered", async () => {
    const page = renderLensPage(await readLens(model, text, { steering }));
    expect(page.match(/<section>/g)).toHaveLength(1);
    expect(page.match(/<td /g)).toHaveLength(6 * 4 * 2);
    expect(page.match(/>steered<\/th>/g)).toHaveLength(4);
    expect(page).toContain("layer 2, position 3, block output, steered\n");
    // Bold where steering changes the likeliest token, which it cannot before layer 2.
    expect(page.match(/<b>/g)?.length).toBeGreaterThan(3);
    expect(page.split('<th scope="row">2</th>')[0]).not.toContain("<b>");
  });

  it("has at several positions a grid of layers by positions for each place, the block output first", async () => {
    const page = renderLensPage(await readLens(model, text, { positions: "all" }));
    expect([...page.matchAll(/<h2>([^<:]*)/g)].map(([, title]) => title)).toEqual([
      "Block output",
      "MLP output",
      "Residual after attention",
      "Attention output",
    ]);
    expect(page.match(/<td /g)).toHaveLength(4 * 6 * 4);
    // Of the steered run, only the last position, since no other is steered.
    const steered = renderLensPage(await readLens(model, text, { positions: "all", steering }));
    expect(steered.match(/<td /g)).toHaveLength(4 * 6 * (4 + 1));
  });

  it("shows every token as it is, and the hover has the rest with probabilities", async () => {
    const result = await readLens(model, text, { layers: [1], top: 2 });
    const hostile = (reading: LensReading): LensReading => ({
      ...reading,
      tokens: reading.tokens.map(({ id }) => ({ id, text: "<i>\u001b" })),
      cells: reading.cells.map((cell) => ({
        ...cell,
        top: [
          { id: 1, text: "<script>\n", probability: 0.75 },
          { id: 2, text: '"onload=', probability: 0.125 },
        ],
      })),
    });
    const page = renderLensPage({ ...result, plain: hostile(result.plain) });
    for (const raw of ["<script", "<i>", "\u001b", '"onload']) {
      expect(page).not.toContain(raw);
    }
    expect(page).toContain("0.750  &lt;script&gt;↵\n0.125  &quot;onload=");
  });
});

it("CSV has a row for each run, cell and rank", async () => {
  const lines = lensCsv(await readLens(model, text, { steering, layers: [2], top: 3 }))
    .trimEnd()
    .split("\n");
  expect(lines).toHaveLength(1 + 2 * 4 * 3);
  expect(lines[1]).toMatch(
    /^fake\/model,plain,2,3, \[\/INST\],attention-output,1,\d+, \w+,0\.\d+$/,
  );
});
