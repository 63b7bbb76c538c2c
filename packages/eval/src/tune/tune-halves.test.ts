import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChoicePrompt, SteeringVectors } from "@caa/core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fake, pairs, questions, testItems, tuningOf } from "../../test/tuning.ts";
import { generateVectors } from "../vectors/generate-vectors.ts";
import { tuneSteering } from "./tune.ts";
import type { TuneOptions, TuneStage } from "./tune-options.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "caa-tune-"));
});
afterEach(() => rm(root, { recursive: true }));

let vectors: SteeringVectors;
beforeAll(async () => {
  vectors = await generateVectors(fake(), pairs);
});

const setup = (model = fake(), changes: Partial<TuneOptions> = {}): TuneOptions =>
  tuningOf(vectors, join(root, "cells"), model, changes);

describe("what tuneSteering measures, and keeps", () => {
  it("goes on where it was stopped, and measures nothing twice", async () => {
    const few = { layers: [1, 2, 3], multipliers: [1], controls: 3 };
    const all = fake();
    const whole = await tuneSteering(setup(all, { ...few, dir: join(root, "whole") }));
    let prompts = 0;
    let crashes = 0;
    for (let done = false; !done; crashes += done ? 0 : 1) {
      const model = fake({ failAt: 12 });
      const run = tuneSteering(setup(model, few));
      done = await run.then(
        (result) => {
          expect(result).toEqual(whole);
          return true;
        },
        (error: unknown) => {
          expect(error).toMatchObject({ code: "device" });
          return false;
        },
      );
      prompts += model.promptsHandled;
    }
    expect(crashes).toBeGreaterThan(1);
    // What guards read of texts is not kept, since it costs a pass over each; nothing else comes twice but what failed.
    const texts = 2 * whole.candidates.length;
    expect(prompts).toBeLessThanOrEqual(all.promptsHandled + crashes * (texts + 1));
    const again = fake();
    expect(await tuneSteering(setup(again, few))).toEqual(whole);
    expect(again.promptsHandled).toBe(texts);
  });

  it("asks otherwise in the same folder: by another seed, with other questions", async () => {
    const openEnded = questions(["Where to?", "Why?", "When?", "Who?"]);
    const few = { layers: [2], multipliers: [1], controls: 1, openEnded, openEndedItems: 2 };
    const first = await tuneSteering(setup(undefined, few));
    const seeded = await tuneSteering(setup(undefined, { ...few, seed: 1 }));
    expect(seeded.grid).not.toEqual(first.grid);
    const harmless = questions(["How deep is a lake?"]);
    const asked = await tuneSteering(setup(undefined, { ...few, harmless }));
    expect(asked.candidates[0]?.checks.find(({ guard }) => guard === "divergence")?.n).toBe(1);
    expect(await tuneSteering(setup(undefined, few))).toEqual(first);
  });

  it("asks what it keeps back in the report alone, and nothing that the vectors' pairs ask", async () => {
    const asked = new Map<TuneStage, Set<string>>();
    let stage: TuneStage = "choose";
    const model = fake({
      favored: ({ user, answers }: ChoicePrompt) => {
        asked.set(stage, (asked.get(stage) ?? new Set()).add(user));
        return Math.max(
          0,
          answers.findIndex((answer) => user.includes(`${answer} agree`)),
        );
      },
    });
    const dataset = testItems(16);
    const { items } = dataset;
    const twice = { ...pairs, items: [...pairs.items, ...items.slice(0, 4)] };
    const result = await tuneSteering(
      setup(model, {
        pairs: twice,
        dataset,
        harmless: questions(items.map(({ question }) => question.split("\n")[0] ?? "")),
        openEnded: questions(items.map(({ question }) => question.split("\n")[0] ?? "")),
        onProgress: (progress) => (stage = progress.stage),
      }),
    );
    expect(result.items).toEqual({ choose: 6, report: 6, leftOut: 4 });
    const n = (name: string) =>
      result.candidates.at(-1)?.checks.find(({ guard }) => guard === name)?.n;
    expect([n("divergence"), n("repetition_rise")]).toEqual([10, 10]);
    const [choose, controls, report] = (["choose", "controls", "report"] as const).map(
      (name) => asked.get(name) ?? new Set(),
    );
    expect(choose).toEqual(controls);
    expect([choose?.size, report?.size]).toEqual([6, 6]);
    const all = new Set([...(choose ?? []), ...(report ?? [])]);
    expect(all).toEqual(new Set(items.slice(4).map(({ question }) => question)));
  });
});
