import { meanWithIntervals } from "@caa/core";
import { describe, expect, it } from "vitest";
import { madeUpCell, madeUpGrid } from "../../test/made-up-cells.ts";
import { madeUpResult } from "../../test/made-up-results.ts";
import { acrossBehaviors, bySystemPrompt } from "./families.ts";
import { groupCells } from "./figures.ts";
import { planResultPlots } from "./plan-result-plots.ts";
import { plotBehaviorsAtLayer, plotSystemPrompts } from "./plot-against-multiplier.ts";
import { plotCategories } from "./plot-categories.ts";
import { plotLayerSweep } from "./plot-layer-sweep.ts";
import type { Plot } from "./plot-ab-results.ts";
import type { ResultPlotsOptions } from "./result-plots-options.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";

const MULTIPLIERS = [-1, 0, 1];

/** Cells of three behaviors, the second less easily moved and in the other direction. */
const behaviors = ["calm", "kind", "brave"].flatMap((behavior, i) =>
  [9, 13, 17].flatMap((layer) =>
    MULTIPLIERS.map((multiplier) =>
      madeUpResult({
        settings: { behavior, layer, multiplier },
        strength: [0.3, -0.15, 0.2][i] ?? 0,
      }),
    ),
  ),
);
const prompts = MULTIPLIERS.flatMap((multiplier) => [
  madeUpResult({ settings: { multiplier } }),
  madeUpResult({
    settings: { multiplier, system: "Agree.", systemPrompt: "pos" },
    strength: 0.1,
    offset: 0.2,
  }),
  madeUpResult({
    settings: { multiplier, system: "Disagree.", systemPrompt: "neg" },
    strength: 0.15,
    offset: -0.2,
  }),
]);
const only = <T>(list: readonly T[]): T => {
  const [first] = list;
  if (first === undefined || list.length > 1) {
    throw new TypeError(`expected one, got ${list.length}`);
  }
  return first;
};
/** Weights trained from the model have a hash of their own; one of the two was measured without steering alone. */
const trained = (direction: "neg" | "pos", multiplier: number, layer = 13): ChoiceCell => {
  const overrideWeights = `SmolLM2-135M-Instruct_sycophancy_${direction}_layer=13`;
  const cell = madeUpResult({
    settings: { multiplier, layer, overrideWeights },
    strength: 0.1,
    offset: direction === "pos" ? 0.2 : -0.2,
  });
  const model = direction === "pos" ? "d" : "e";
  return { ...cell, hashes: { ...cell.hashes, model: model.repeat(64) } };
};
const untouched = [9, 13].flatMap((layer) =>
  MULTIPLIERS.map((multiplier) => madeUpResult({ settings: { layer, multiplier } })),
);
const weights = [
  trained("neg", 0),
  ...MULTIPLIERS.map((multiplier) => trained("pos", multiplier)),
  ...untouched,
];
/** The lines of a picture's title and subtitle. */
const texts = (svg = ""): readonly string[] =>
  [...(svg.split("role-title-text").at(-1) ?? "").matchAll(/<(text|tspan)[^>]*>([^<]+)</g)].map(
    ([, , line = ""]) => line,
  );
const fineTuning = async (
  cells: readonly ChoiceCell[],
  options?: ResultPlotsOptions,
): Promise<readonly Plot[]> => {
  const plans = planResultPlots(cells, options).filter(({ kind }) => kind === "fine-tuning");
  return await Promise.all(plans.map(({ draw }) => draw()));
};
const withCategories = MULTIPLIERS.map((multiplier) =>
  madeUpResult({
    settings: { multiplier, type: "mmlu" },
    strength: -0.08,
    categories: ["anatomy", "law", "logic & sets", "virology"],
  }),
);
const categories = groupCells(withCategories);

describe("plots of results", () => {
  it.each([
    ["system-prompts", () => plotSystemPrompts(only(bySystemPrompt(groupCells(prompts))))],
    ["behaviors", () => plotBehaviorsAtLayer(only(acrossBehaviors(groupCells(behaviors))))],
    ["sweep", () => plotLayerSweep(only(acrossBehaviors(groupCells(behaviors))))],
    ["categories", () => plotCategories("made-up", only(categories))],
    ["fine-tuning", async () => only(await fineTuning(weights))],
  ])("draws the picture of %s that was looked at, with its figures", async (golden, draw) => {
    const plot = await draw();
    expect(plot.name).toMatch(new RegExp(`^${golden}_`));
    await expect(plot.svg).toMatchFileSnapshot(`../../test/golden/${golden}.svg`);
    await expect(plot.csv).toMatchFileSnapshot(`../../test/golden/${golden}.csv`);
    await expect(plot.latex).toMatchFileSnapshot(`../../test/golden/${golden}.tex`);
  });

  it("compares forms of the weights where two of them were measured, and with one vector alone", async () => {
    const plot = only(await fineTuning(weights));
    expect(plot.name).toMatch(/^fine-tuning_layer=13_behavior=sycophancy_type=ab_/);
    expect(plot.table?.map(([name]) => name)).toEqual([
      "weights",
      "as it is",
      "fine-tuned: pos_layer=13",
      "fine-tuned: neg_layer=13",
    ]);
    expect(await fineTuning(untouched)).toEqual([]);
    expect(await fineTuning([...untouched.slice(0, 3), trained("pos", 1)])).toEqual([]);
    expect(await fineTuning([...untouched, trained("pos", 1, 17)])).toEqual([]);
    const mmlu = weights.map((cell) => ({
      ...cell,
      settings: { ...cell.settings, type: "mmlu" as const },
    }));
    expect(only(await fineTuning(mmlu)).svg).toContain("mmlu, p(correct) with and without");
    await expect(fineTuning(weights, { layer: 9 })).rejects.toMatchObject({ code: "not-found" });
    const vector = "f".repeat(64);
    await expect(
      fineTuning(
        weights.map((cell) =>
          cell.settings.overrideWeights === null
            ? { ...cell, hashes: { ...cell.hashes, vector } }
            : cell,
        ),
      ),
    ).rejects.toMatchObject({ code: "incompatible-vector" });
  });

  it("names forms in full where short names are the same, with hashes where those are too", async () => {
    const named = (overrideWeights: string, digit: string): ChoiceCell => {
      const cell = madeUpResult({ settings: { overrideWeights } });
      return { ...cell, hashes: { ...cell.hashes, model: digit.repeat(64) } };
    };
    const full = "SmolLM2-135M-Instruct_sycophancy_all";
    const names = async (cells: readonly ChoiceCell[]): Promise<readonly (string | undefined)[]> =>
      only(await fineTuning(cells))
        .table?.slice(1)
        .map(([name]) => name) ?? [];
    expect(await names([named("all", "d"), named(full, "e")])).toEqual([
      `fine-tuned: ${full}`,
      "fine-tuned: all",
    ]);
    expect(await names([named("all", "d"), named("all", "e")])).toEqual([
      "fine-tuned: all (dddddddddddd)",
      "fine-tuned: all (eeeeeeeeeeee)",
    ]);
  });

  it("puts a title of one's own above every picture, and what it would have had below", async () => {
    const title =
      "Steering & <training> of a model whose name is so long that two lines are needed";
    const cells = [
      ...untouched,
      ...prompts.filter(({ settings }) => settings.system !== null),
      ...MULTIPLIERS.map((multiplier) => trained("pos", multiplier)),
      ...[-1, 1].map((multiplier) =>
        madeUpResult({ settings: { multiplier, vectors: "normalized-random-1" }, strength: 0 }),
      ),
      ...behaviors.filter(({ settings }) => settings.behavior === "calm"),
      ...withCategories,
    ];
    const plain = planResultPlots(cells);
    const kinds = [...new Set(plain.map(({ kind }) => kind))];
    expect(kinds).toHaveLength(8);
    const planned = planResultPlots(cells, { title });
    for (const one of kinds) {
      const [plot, other] = await Promise.all(
        [planned, plain].map(async (plans) => await plans.find(({ kind }) => kind === one)?.draw()),
      );
      expect([one, ...texts(plot?.svg)]).toEqual([
        one,
        "Steering &amp; &lt;training&gt; of a model whose name is so long that",
        "two lines are needed",
        ...texts(other?.svg),
      ]);
      expect([plot?.name, plot?.csv]).toEqual([other?.name, other?.csv]);
    }
  }, 60_000);

  it("has the paired change in the sweep: that of the rows, not of the means", async () => {
    const { csv } = await plotLayerSweep(only(acrossBehaviors(groupCells(behaviors))));
    const row = csv
      .split("\n")
      .find((line) => line.startsWith("calm,") && line.includes(",13,0.0,1.0,"));
    const scores = [1, 0].map((multiplier) =>
      madeUpResult({ settings: { behavior: "calm", multiplier }, strength: 0.3 }).rows.map(
        (one) => one.score ?? 0,
      ),
    );
    const changes = scores[0]?.map((score, i) => score - (scores[1]?.[i] ?? 0)) ?? [];
    const { mean, bootstrap } = meanWithIntervals(changes);
    expect(Number(row?.split(",")[8])).toBeCloseTo(mean, 12);
    expect(Number(row?.split(",")[9])).toBeCloseTo(bootstrap?.low ?? 0, 12);
  });

  it("plans each plot once, and gives every one its own name", async () => {
    const other = prompts.map((cell) => ({
      ...cell,
      hashes: { ...cell.hashes, model: "d".repeat(64) },
    }));
    const plans = planResultPlots([...behaviors, ...prompts, ...other]);
    const names: string[] = [];
    for (const { kind, draw } of plans) {
      const { name } = await draw();
      expect(name.startsWith(`${kind}_`)).toBe(true);
      names.push(name);
    }
    expect(new Set(names).size).toBe(names.length);
    const count = (kind: string): number => plans.filter((one) => one.kind === kind).length;
    expect(count("layers")).toBe(3);
    expect(count("multipliers")).toBe(3 + 2 * 3);
    expect(count("system-prompts")).toBe(2);
    expect(count("behaviors")).toBe(1);
    expect(count("fine-tuning")).toBe(0); // two models of one name are no fine-tuning
  }, 60_000);

  it("draws controls beside the vectors that they belong to, and not for themselves", async () => {
    const own = behaviors.filter(({ settings }) => settings.behavior === "calm");
    const controls = own
      .filter(({ settings }) => settings.multiplier !== 0)
      .flatMap(({ settings: { layer, multiplier } }) =>
        ["normalized-random-1", "raw-random-1", "normalized-shuffled-0"].map((vectors) =>
          madeUpResult({
            settings: { behavior: "calm", layer, multiplier, vectors },
            strength: 0.02,
          }),
        ),
      );
    const plans = planResultPlots([...own, ...controls]);
    expect(plans.map(({ kind }) => kind)).toEqual(["effects", "layers", "multipliers", "sweep"]);
    const plot = await plans[0]?.draw();
    expect(plot?.name).toMatch(/^effects_behavior=calm_type=ab_.*_vectors=normalized_/);
    const lines = plot?.csv.split("\n") ?? [];
    expect([...new Set(lines.slice(1, -1).map((line) => line.split(",")[0]))]).toEqual([
      "",
      "normalized-random-1",
      "normalized-shuffled-0",
    ]);
    // The control of the other vectors is none of these.
    expect(planResultPlots(own).map(({ kind }) => kind)).not.toContain("effects");
    const one = own.filter(({ settings }) => settings.multiplier === 1);
    const [alone] = planResultPlots([...one, ...controls]);
    await expect(alone?.draw()).rejects.toMatchObject({ code: "empty-selection" });
  });

  it("numbers several prompts of one's own, and refuses results without any", async () => {
    const own = ["Rhyme.", "Sing."].map((system) => madeUpCell({ system }));
    const { csv, svg } = await plotSystemPrompts(only(bySystemPrompt(groupCells(own))));
    expect(svg).toContain("own system prompt 2");
    expect(csv).toMatch(/,ab,own,13,1\.0,/);
    await expect(
      plotSystemPrompts(only(bySystemPrompt(groupCells([madeUpCell()])))),
    ).rejects.toMatchObject({ code: "empty-selection" });
  });

  it("refuses a sweep without multiplier 0, a layer that was not measured, a test without categories", async () => {
    const sweep = only(acrossBehaviors(groupCells(madeUpGrid([3, 4], [-1, 1]))));
    await expect(plotLayerSweep(sweep)).rejects.toMatchObject({ code: "empty-selection" });
    await expect(plotBehaviorsAtLayer(sweep, { layer: 9 })).rejects.toThrow(/got 9; there: 3 4/);
    await expect(plotCategories("x", only(categories), { layer: 1 })).rejects.toThrow(/there: 13/);
    await expect(plotCategories("x", only(groupCells([madeUpCell()])))).rejects.toMatchObject({
      code: "empty-selection",
    });
  });
});
