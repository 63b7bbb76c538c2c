import type {
  GenerateOptions,
  Generation,
  Probe,
  ProbedToken,
  Steering,
  SteeringStep,
} from "@caa/core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ForwardPass } from "../src/engine/forward-pass.ts";
import type { TokenEngine } from "../src/engine/token-engine.ts";
import type { LlamaModel } from "../src/model/llama-model.ts";
import { openFixtureModel, relativeDifference, step } from "./fixture-engine.ts";
import { SlowLlama } from "./slow-llama.ts";

const waves = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
const hills = Float32Array.from({ length: 32 }, (_, i) => 5 * Math.cos(i * i));
const probes: readonly Probe[] = [
  { name: "waves", layer: 1, vector: waves },
  { name: "hills", layer: 0, vector: hills },
  { name: "hills", layer: 2, vector: hills },
];
const text = { user: "What do you like about trees?", answer: "They are tall." };
const add: SteeringStep = {
  name: "waves",
  layer: 1,
  vector: waves,
  multiplier: 2,
  operation: "add",
  positions: "marker",
};

let engine: TokenEngine;
let model: LlamaModel;
let slow: SlowLlama;
beforeAll(async () => {
  const opened = await openFixtureModel("grouped-heads");
  ({ engine, model } = opened);
  slow = new SlowLlama(opened.checkpoint);
});
afterAll(() => model.dispose());

const code = (value: string): unknown => expect.objectContaining({ code: value });
const numbers = (tokens: readonly ProbedToken[]): number[] =>
  tokens.flatMap(({ scores }) => scores.flatMap(({ dot, cosine }) => [dot, cosine]));

describe("a trace", () => {
  test.each([
    ["plain", []],
    ["steered", [add]],
  ] as const)("is the slow model's residual stream on every probe, %s", async (_, steering) => {
    const tokens = await model.trace(text, probes, { steering });
    const marker = tokens.filter(({ isPrompt }) => isPrompt).length - 1;
    const blocks = slow.blocks(
      tokens.map(({ id }) => id),
      steering.map(({ multiplier }) => step({ multiplier, from: marker })),
      [waves],
    );
    for (const { position, scores, isSteered } of tokens) {
      expect(isSteered).toBe(steering.length > 0 && position >= marker);
      expect(scores).toHaveLength(probes.length);
      probes.forEach(({ layer, vector }, i) => {
        const h = blocks[layer]?.places["block-output"][position] ?? new Float64Array();
        const dot = h.reduce((sum, x, j) => sum + x * (vector[j] ?? 0), 0);
        const scale = Math.hypot(...h) * Math.hypot(...vector);
        expect(Math.abs((scores[i]?.dot ?? Number.NaN) - dot) / scale).toBeLessThan(1e-5);
        expect(scores[i]?.cosine).toBeCloseTo(dot / scale, 5);
      });
    }
    expect(tokens.map(({ position }) => position)).toEqual([...tokens.keys()]);
    expect(tokens.map((token) => token.text).join("")).toContain("trees?");
  });

  test("reads a text that is longer than one run", async () => {
    const ids = Array.from({ length: 800 }, (_, i) => (i * 37) % 250);
    const places = [0, 767, 768, 799].map((position) => ({ sequence: 0, position }));
    const { scores, residual } = await engine.forward({
      vectors: [],
      sequences: [{ ids, steps: [] }],
      scores: { probes, places },
      residual: { layers: [1], places: places.slice(1) },
    });
    expect(scores).toHaveLength(4);
    residual.forEach((h, i) => {
      const dot = h.reduce((sum, x, j) => sum + x * (waves[j] ?? 0), 0);
      expect(scores[i + 1]?.[0]?.dot).toBeCloseTo(dot, 4);
    });
  });

  test("refuses what it cannot read", async () => {
    const wrong = (change: Partial<Probe>) =>
      model.trace(text, [{ name: "wrong", layer: 0, vector: waves, ...change }]);
    await expect(model.trace(text, [])).rejects.toEqual(code("empty-selection"));
    await expect(wrong({ layer: 3 })).rejects.toEqual(code("invalid-argument"));
    await expect(wrong({ layer: 0.5 })).rejects.toEqual(code("invalid-argument"));
    await expect(wrong({ vector: new Float32Array(31) })).rejects.toEqual(code("shape-mismatch"));
    await expect(wrong({ vector: new Float32Array(32) })).rejects.toEqual(code("invalid-argument"));
    await expect(wrong({ vector: waves.map(() => Number.NaN) })).rejects.toEqual(
      code("invalid-argument"),
    );
    await expect(
      model.trace(text, probes, { steering: [{ ...add, multiplier: 1e300 }] }),
    ).rejects.toEqual(code("invalid-data"));
    await expect(
      model.trace({ user: text.user }, probes, { steering: [{ ...add, positions: "generated" }] }),
    ).rejects.toEqual(code("empty-selection"));
    await expect(model.trace(text, probes, { signal: AbortSignal.abort() })).rejects.toEqual(
      code("aborted"),
    );
  });
});

describe("probes while generating", () => {
  const steerings: readonly Steering[] = [
    [],
    [add],
    [{ ...add, operation: "clamp", layer: 0, positions: "generated" }],
  ];
  const users = ["What do you like about trees?", "Why?"];
  const requests = users.flatMap((user) =>
    steerings.map((steering, seed) => ({ prompt: { user }, steering, seed })),
  );

  async function generate(
    options: GenerateOptions,
    asked = requests,
  ): Promise<{ texts: readonly Generation[]; seen: readonly (readonly ProbedToken[])[] }> {
    const seen = asked.map((): ProbedToken[] => []);
    const texts = await model.generate(asked, {
      maxNewTokens: 9,
      temperature: 1,
      probes,
      onToken: ({ request, ...token }) => seen[request]?.push(token),
      ...options,
    });
    return { texts, seen };
  }

  /** The same tokens in one pass. */
  async function scoresOf(
    { promptTokens, tokens }: Generation,
    steering: Steering,
  ): Promise<readonly number[]> {
    const ids = [...promptTokens, ...tokens];
    const steps = steering.map(({ layer, operation, multiplier, positions }) => {
      const from = promptTokens.length - (positions === "marker" ? 1 : 0);
      return step({ layer, operation, multiplier, from });
    });
    const places = ids.map((_, position) => ({ sequence: 0, position }));
    const { scores } = await engine.forward({
      vectors: [waves],
      sequences: [{ ids, steps }],
      scores: { probes, places },
    });
    return scores.flatMap((row) => row.flatMap(({ dot, cosine }) => [dot, cosine]));
  }

  test("tell every token once, in order, with what the whole text says in one pass", async () => {
    const { texts, seen } = await generate({});
    for (const [i, generation] of texts.entries()) {
      const tokens = seen[i] ?? [];
      const { promptTokens } = generation;
      expect(tokens.map(({ id }) => id)).toEqual([...promptTokens, ...generation.tokens]);
      expect(tokens.map(({ position }) => position)).toEqual([...tokens.keys()]);
      expect(tokens.filter(({ isPrompt }) => isPrompt)).toHaveLength(promptTokens.length);
      const steering = steerings[i % 3] ?? [];
      const first = promptTokens.length - (i % 3 === 1 ? 1 : 0);
      expect(tokens.map(({ isSteered }) => isSteered)).toEqual(
        tokens.map(({ position }) => steering.length > 0 && position >= first),
      );
      const whole = await scoresOf(generation, steering);
      expect(relativeDifference(numbers(tokens), whole)).toBeLessThanOrEqual(1e-5);
    }
  });

  test("change no text, and a batch tells what its requests tell one by one", async () => {
    const plain = await model.generate(requests, { maxNewTokens: 9, temperature: 1 });
    for (const batchSize of [1, 2, 6]) {
      const { texts, seen } = await generate({ batchSize });
      expect(texts).toEqual(plain);
      for (const [i, request] of requests.entries()) {
        const alone = await generate({ batchSize: 1 }, [request]);
        const [tokens = []] = alone.seen;
        expect(relativeDifference(numbers(seen[i] ?? []), numbers(tokens))).toBeLessThanOrEqual(
          1e-5,
        );
      }
    }
  });

  test("are what a trace of prompt and answer says, where the answer is encoded as it was written", async () => {
    const { texts, seen } = await generate({ temperature: 0, maxNewTokens: 4 });
    const differences: number[] = [];
    for (const [i, generation] of texts.entries()) {
      const request = requests[i];
      const traced = await model.trace(
        { user: request?.prompt.user ?? "", answer: generation.text },
        probes,
        { steering: request?.steering ?? [] },
      );
      const tokens = seen[i] ?? [];
      const ids = JSON.stringify(tokens.map(({ id }) => id));
      if (JSON.stringify(traced.map(({ id }) => id)) === ids) {
        differences.push(relativeDifference(numbers(tokens), numbers(traced)));
      }
    }
    expect(differences.length).toBeGreaterThan(0);
    expect(Math.max(...differences)).toBeLessThanOrEqual(1e-5);
  });

  test("come before the text of what follows, and all before the generation is done", async () => {
    const events: string[] = [];
    const { texts } = await generate(
      {
        onText: () => events.push("text"),
        onToken: ({ isPrompt }) => events.push(isPrompt ? "prompt" : "token"),
        onDone: () => events.push("done"),
      },
      requests.slice(0, 1),
    );
    expect(events.at(-1)).toBe("done");
    expect(events.indexOf("text")).toBe(texts[0]?.promptTokens.length);
    expect(events.filter((event) => event === "token")).toHaveLength(9);
  });

  test("end with the text: at a stop, at the context's end", async () => {
    const [first] = (await generate({ maxNewTokens: 30 }, requests.slice(0, 1))).texts;
    const stop = [first?.text.slice(5, 8) ?? ""];
    const stopped = await generate({ maxNewTokens: 30, stop }, requests.slice(0, 1));
    expect(stopped.texts[0]?.finishReason).toBe("stop");
    const { promptTokens = [], tokens = [] } = stopped.texts[0] ?? {};
    expect(stopped.seen[0]?.map(({ id }) => id)).toEqual([...promptTokens, ...tokens]);

    const full = await generate({ maxNewTokens: 1000 }, requests.slice(0, 1));
    expect(full.texts[0]?.finishReason).toBe("length");
    expect(full.seen[0]).toHaveLength(model.info.contextLength);
  });

  test("without probes tokens are told as they are read, the last one never", async () => {
    const { texts, seen } = await generate({ probes: [] });
    texts.forEach(({ promptTokens, tokens }, i) => {
      expect(seen[i]?.map(({ id }) => id)).toEqual([...promptTokens, ...tokens.slice(0, -1)]);
      expect(seen[i]?.every(({ scores }) => scores.length === 0)).toBe(true);
    });
  });

  test("take one run more, which reads the last token; without probes none, and no stream is read", async () => {
    using run = vi.spyOn(ForwardPass.prototype, "run");
    const [request] = requests;
    const asked = request === undefined ? [] : [request];
    const reads = () => run.mock.calls.map(([{ residualAt }]) => residualAt.length);
    const { seen } = await generate({}, asked);
    const prompt = seen[0]?.filter(({ isPrompt }) => isPrompt).length;
    expect(reads()).toEqual([prompt, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    run.mockClear();
    await generate({ probes: [] }, asked);
    expect(reads()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    run.mockClear();
    await model.generate(asked, { maxNewTokens: 9, temperature: 1, probes });
    expect(reads()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("are refused where they do not fit, and end where they are aborted", async () => {
    const wrong = (change: Partial<Probe>) =>
      generate({ probes: [{ name: "wrong", layer: 0, vector: waves, ...change }] });
    await expect(wrong({ layer: 3 })).rejects.toEqual(code("invalid-argument"));
    await expect(wrong({ vector: new Float32Array(31) })).rejects.toEqual(code("shape-mismatch"));
    await expect(wrong({ vector: new Float32Array(32) })).rejects.toEqual(code("invalid-argument"));
    const controller = new AbortController();
    let count = 0;
    const aborted = generate({
      maxNewTokens: 1000,
      batchSize: 1,
      signal: controller.signal,
      onToken: ({ isPrompt }) => {
        if (!isPrompt && ++count === 3) {
          controller.abort();
        }
      },
    });
    await expect(aborted).rejects.toEqual(code("aborted"));
    expect(count).toBe(3);
  });
});
