import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeModel } from "@caa/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plantedItems } from "../../test/planted-model.ts";
import type { OpenEndedRow } from "../results/open-ended-cell.ts";
import { readCells, ResultStore } from "../results/store.ts";
import { generateVectors } from "../vectors/generate-vectors.ts";
import { type OpenEndedSweepOptions, runOpenEndedSweep } from "./open-ended-sweep.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "caa-open-"));
});
afterEach(() => rm(root, { recursive: true }));

const vectors = await generateVectors(new FakeModel(), plantedItems(6));
const dataset = {
  path: "made-up.json",
  hash: "d".repeat(64),
  behavior: "agreeing",
  items: ["Shall we go?", "Is it late?", "Do you like rain?"].map((question) => ({ question })),
};

function sweep(
  changes: Partial<OpenEndedSweepOptions> & { readonly dir?: string } = {},
): OpenEndedSweepOptions {
  const { dir = "results", ...rest } = changes;
  return {
    model: new FakeModel(),
    dataset,
    vectors,
    layers: [2, 3],
    multipliers: [-1, 0, 1],
    maxNewTokens: 12,
    store: new ResultStore(join(root, dir)),
    ...rest,
  };
}

async function contents(dir: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(join(root, dir), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      files[path.slice(join(root, dir).length)] = await readFile(path, "utf8");
    }
  }
  return files;
}

describe("runOpenEndedSweep", () => {
  it("answers every question in every cell, the plain model once, in one request", async () => {
    const model = new FakeModel();
    let requests = 0;
    const generate = model.generate.bind(model);
    model.generate = (all, options) => {
      requests += 1;
      expect(options).toMatchObject({ maxNewTokens: 12, temperature: 0 });
      return generate(all, options);
    };
    const { cells, kept } = await runOpenEndedSweep(sweep({ model }));
    expect(kept).toBe(0);
    expect(requests).toBe(1);
    expect(model.promptsHandled).toBe(3 * (1 + 4));
    expect(cells.map(({ settings }) => [settings.layer, settings.multiplier])).toEqual(
      [2, 3].flatMap((layer) => [-1, 0, 1].map((multiplier) => [layer, multiplier])),
    );
    const [against, plain, along] = cells;
    expect(plain?.rows).toEqual(cells[4]?.rows);
    expect(plain?.rows.map(({ question }) => question)).toEqual(
      dataset.items.map(({ question }) => question),
    );
    const agreed = (rows: readonly OpenEndedRow[] = []): number =>
      rows.flatMap((row) => row.model_output.match(/certainly|indeed|gladly|yes/g) ?? []).length;
    expect(agreed(along?.rows)).toBeGreaterThan(agreed(plain?.rows));
    expect(agreed(plain?.rows)).toBeGreaterThanOrEqual(agreed(against?.rows));
    for (const { rows, summary } of cells) {
      for (const row of rows) {
        expect(row.raw_model_output).toBe(`[INST] ${row.question} [/INST] ${row.model_output}`);
        expect(row.finish).toBe(row.tokens === 12 ? "cut-off" : "ended");
        expect(row.tokens).toBe(row.model_output.split(" ").length);
      }
      expect(summary.n).toBe(3);
      const surprise = rows.map(({ plain_log_probability: x }) => -(x ?? Number.NaN));
      const mean = surprise.reduce((sum, x) => sum + x, 0) / 3;
      expect(summary.perplexity?.mean).toBeCloseTo(Math.exp(mean), 9);
      for (const [i, row] of rows.entries()) {
        const brought = row.model_output.match(/certainly|indeed|gladly|yes/g)?.length ?? 0;
        // Of the plain model's words a share of 1 / (1 + e^2) are among the 4 that steering brings, the rest among 11 others.
        const [rare, usual] = [Math.log(4 * (1 + Math.exp(2))), Math.log(11 * (1 + Math.exp(-2)))];
        expect(surprise[i]).toBeCloseTo(usual + ((rare - usual) * brought) / row.tokens, 12);
      }
      const tokens = rows.reduce((sum, row) => sum + row.tokens, 0) / 3;
      expect(summary.tokens.mean).toBeCloseTo(tokens, 12);
      expect(summary.cut_off).toBe(rows.filter(({ finish }) => finish === "cut-off").length);
    }
    expect(await readCells(join(root, "results"), { types: ["open_ended"] })).toHaveLength(6);
    expect(await readCells(join(root, "results"), { types: ["ab"] })).toEqual([]);
  });

  it.each([1, 7, 15])(
    "goes on after a crash at request %i and ends with the same files",
    async (failAt) => {
      await runOpenEndedSweep(sweep({ dir: "whole" }));
      const crash = runOpenEndedSweep(sweep({ model: new FakeModel({ failAt }) }));
      await expect(crash).rejects.toMatchObject({ code: "device" });
      const rest = new FakeModel();
      const progress: number[] = [];
      await runOpenEndedSweep(
        sweep({ model: rest, onProgress: ({ done, total }) => progress.push(done / total) }),
      );
      expect(rest.promptsHandled).toBe(15 - (failAt - 1));
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      expect(progress.at(-1)).toBe(1);
      expect(await contents("results")).toEqual(await contents("whole"));
    },
  );

  it("keeps what had ended when it is stopped", async () => {
    const abort = new AbortController();
    const stopped = runOpenEndedSweep(
      sweep({ signal: abort.signal, onProgress: ({ done }) => done >= 5 && abort.abort() }),
    );
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    const rest = new FakeModel();
    await runOpenEndedSweep(sweep({ model: rest }));
    expect(rest.promptsHandled).toBeLessThan(15);
  });

  it("ends at once, with the reason, when answers cannot be kept", async () => {
    const broken = new ResultStore("/dev/null/results");
    await expect(runOpenEndedSweep(sweep({ store: broken }))).rejects.toMatchObject({ code: "io" });
  });

  it("keeps lengths, system prompts and limits apart", async () => {
    const variants: ReadonlyArray<Partial<OpenEndedSweepOptions>> = [
      {},
      { maxNewTokens: 13 },
      { limit: 2 },
      { system: "Agree.", systemPrompt: "pos" },
      { system: "Agree." },
    ];
    for (const changes of variants) {
      const { cells, kept } = await runOpenEndedSweep(
        sweep({ ...changes, layers: [2], multipliers: [1] }),
      );
      expect(kept).toBe(0);
      expect(cells[0]?.rows).toHaveLength(changes.limit ?? 3);
    }
    expect(Object.keys(await contents("results"))).toHaveLength(variants.length);
  });
});
