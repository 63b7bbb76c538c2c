import { CaaError, type Probe, type ProbedToken } from "@caa/core";
import { FakeModel, madeUpVectors } from "@caa/core/testing";
import { describe, expect, it } from "vitest";
import { monitorProjections } from "./monitor-projections.ts";
import { defaultLayer, probesOf } from "./probes.ts";
import { traceCsv } from "./trace-csv.ts";
import { renderTracePage } from "./trace-page.ts";
import { traceOf, traceText } from "./trace-text.ts";

const model = new FakeModel();
const prompt = { user: "What now?" };
const probes: readonly Probe[] = ["kind", "calm"].flatMap((name) =>
  [1, 2].map((layer) => ({ name, layer, vector: model.planted(name === "kind" ? layer : 5) })),
);
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

async function watch(
  generator: ReturnType<typeof monitorProjections>,
): Promise<{ tokens: ProbedToken[]; text: string }> {
  const tokens: ProbedToken[] = [];
  for (;;) {
    const { done, value } = await generator.next();
    if (done === true) {
      return { tokens, text: value.text };
    }
    tokens.push(value);
  }
}

describe("monitorProjections", () => {
  it("gives each token of prompt and answer with the scores that a trace of the text has", async () => {
    const request = { prompt, steering };
    const { tokens, text } = await watch(
      monitorProjections(model, request, probes, { maxNewTokens: 8 }),
    );
    const trace = await traceText(model, { ...prompt, answer: text }, probes, { steering });
    expect(tokens).toEqual(trace.tokens);
    expect(trace.probes.map(({ name, layer }) => `${name}@${layer}`)).toEqual([
      "kind@1",
      "kind@2",
      "calm@1",
      "calm@2",
    ]);
  });

  it("gives a token before the next is read, and stops the model where the reader stops", async () => {
    let read = 0;
    const slow = new FakeModel({ delay: async () => void (read = 0) });
    const counting = {
      info: slow.info,
      generate: ((requests, options = {}) =>
        slow.generate(requests, {
          ...options,
          onToken: (event) => {
            read += 1;
            options.onToken?.(event);
          },
        })) satisfies FakeModel["generate"],
    };
    let seen = 0;
    for await (const token of monitorProjections(counting, { prompt }, probes)) {
      seen += 1;
      if (!token.isPrompt) {
        break;
      }
    }
    expect(seen).toBe(5);
    expect(read).toBeLessThan(20); // of 100
  });

  it("passes on errors, a stop from outside, and that a model cannot tell", async () => {
    const failing = new FakeModel({ failAt: 1 });
    await expect(watch(monitorProjections(failing, { prompt }, probes))).rejects.toMatchObject({
      code: "device",
    });
    await expect(
      watch(monitorProjections(model, { prompt }, probes, { signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({ code: "aborted" });
    const silent = {
      info: model.info,
      generate: ((requests) => model.generate(requests)) satisfies FakeModel["generate"],
    };
    await expect(watch(monitorProjections(silent, { prompt }, probes))).rejects.toMatchObject({
      code: "unsupported",
    });
    await expect(traceText({ info: model.info }, prompt, probes)).rejects.toThrow(CaaError);
    await expect(traceText(model, prompt, [])).rejects.toMatchObject({ code: "empty-selection" });
  });
});

describe("probes", () => {
  it("are the layers that have a direction; the default is where halves agree best", () => {
    const vectors = madeUpVectors({ layers: [1, 3, 4], dModel: 8, seed: 4 });
    expect(probesOf(vectors).map(({ name, layer }) => [name, layer])).toEqual([
      ["sycophancy", 1],
      ["sycophancy", 3],
      ["sycophancy", 4],
    ]);
    expect(defaultLayer(vectors)?.why).toMatch(/halves/);
  });
});

describe("renderTracePage", () => {
  const hostile = ["<b>", "\n", "\u001b[31m", "\u202eevil", '"', " the"];
  const tokens: readonly ProbedToken[] = hostile.map((text, position) => ({
    position,
    id: position,
    text,
    isPrompt: position < 3,
    isSteered: position === 5,
    scores: probes.map(() => ({ dot: position, cosine: position / 5 })),
  }));
  const trace = traceOf(model.info, probes, tokens);
  const page = renderTracePage(trace, { layers: { kind: 2, calm: 1 } });

  it("has a colored text and a heat map with all layers for each behavior", () => {
    expect(page.match(/<section>/g)).toHaveLength(2);
    expect(page.match(/<td /g)).toHaveLength(2 * 2 * tokens.length);
    expect(page.match(/<span title=/g)).toHaveLength(2 * tokens.length);
    expect(page).toContain("position 5 ␣the, answer, steered\nlayer 2: cosine +1.000");
    expect(page).toContain('style="background:#005493;color:#ffffff"');
  });

  it("shows every token as it is, and nothing of it acts", () => {
    for (const raw of ["<b>", "\u001b", "\u202e", "<script", "onerror"]) {
      expect(page).not.toContain(raw);
    }
    for (const shown of ["&lt;b&gt;", "↵</span><br>", "&lt;U+001B&gt;[31m", "&lt;U+202E&gt;evil"]) {
      expect(page).toContain(shown);
    }
  });

  it("has its figures as CSV", () => {
    const lines = traceCsv(trace).trimEnd().split("\n");
    expect(lines[0]).toMatch(/^model,position,id,token,is_prompt,is_steered,behavior,layer,dot,/);
    expect(traceCsv(trace)).toContain('fake/model,4,4,"""",false,false,kind,2,4,0.8,');
  });
});
