import { afterEach, describe, expect, it } from "vitest";
import { type MockJudge, type MockJudgeOptions, startMockJudge } from "../testing/index.ts";
import type { JudgeModel } from "./judge-model.ts";
import { createOpenAiJudge, type OpenAiJudgeOptions } from "./openai-judge.ts";
import { buildPrompt, type Prompt } from "./prompt.ts";

const KEY = "sk-test-0123456789abcdef";

let server: MockJudge | undefined;
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

interface Opened {
  readonly mock: MockJudge;
  readonly judge: JudgeModel;
  /** What was waited, in milliseconds. */
  readonly waits: number[];
}

async function open(
  mockOptions: MockJudgeOptions = {},
  options: Partial<OpenAiJudgeOptions> = {},
): Promise<Opened> {
  const mock = await startMockJudge(mockOptions);
  server = mock;
  const waits: number[] = [];
  const judge = createOpenAiJudge({
    model: "mock",
    baseUrl: mock.baseUrl,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
    },
    ...options,
  });
  return { mock, judge, waits };
}

const prompt = (answer = "It is the best poem of all."): Prompt =>
  buildPrompt({ rubric: "Flattery?", question: "Good?", answer, seed: 0, repeat: 0 });

const failure = (code: string, facts: object = {}): unknown =>
  expect.objectContaining({ code, facts: expect.objectContaining(facts) });

describe("a judge over HTTP", () => {
  it("asks at temperature 0 by a schema, and gives reply and tokens", async () => {
    const { mock, judge } = await open({ reply: () => ({ kind: "score", score: 7 }) });
    const asked = prompt();
    const reply = await judge.ask(asked);
    expect(JSON.parse(reply.content ?? "")).toEqual({ code: asked.code, score: 7 });
    expect(reply).toMatchObject({ finishReason: "stop", model: "mock", form: "json" });
    expect(reply.inputTokens).toBeGreaterThan(50);
    const [request] = mock.requests;
    expect(request).toMatchObject({
      question: "Good?",
      answer: "It is the best poem of all.",
      code: asked.code,
      structured: true,
      authorization: undefined, // no key, no header
    });
    expect(request?.body).toMatchObject({
      temperature: 0,
      max_tokens: 100,
      response_format: {
        type: "json_schema",
        json_schema: {
          strict: true,
          schema: {
            additionalProperties: false,
            required: ["code", "score"],
            properties: { score: { enum: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] } },
          },
        },
      },
    });
  });

  it("asks for a line where the schema is refused, once and for all", async () => {
    const { mock, judge } = await open({ structured: false });
    const asked = prompt();
    expect((await judge.ask(asked)).content).toBe(`VERDICT ${asked.code}: 5`);
    expect((await judge.ask(asked)).form).toBe("line");
    expect(mock.requests.map(({ structured }) => structured)).toEqual([false, false]);
  });

  it("uses the newer name of the limit where the older is refused, also without schemas", async () => {
    const { mock, judge } = await open({ tokens: "max_completion_tokens", structured: false });
    await judge.ask(prompt());
    expect(mock.requests[0]?.body).toMatchObject({ max_completion_tokens: 100 });
    expect(mock.requests[0]?.body).not.toHaveProperty("max_tokens");
  });

  it("tries again what may pass, never before Retry-After", async () => {
    const { mock, judge, waits } = await open({
      reply: ({ index }) =>
        [
          { kind: "status", status: 429, headers: { "retry-after": "7" } } as const,
          { kind: "status", status: 500 } as const,
          { kind: "stop-in-the-middle", score: 1 } as const,
          { kind: "no-json" } as const,
        ][index] ?? { kind: "score", score: 3 },
    });
    expect((await judge.ask(prompt())).content).toContain('"score":3');
    expect(waits).toEqual([7000, 1000, 2000, 4000]);
    expect(mock.requests).toHaveLength(5);
  });

  it("takes Retry-After as a date from the server's own clock", async () => {
    const { judge, waits } = await open({
      reply: ({ index }) =>
        index === 0
          ? {
              kind: "status",
              status: 503,
              headers: {
                date: "Wed, 01 Jan 2020 00:00:00 GMT",
                "retry-after": "Wed, 01 Jan 2020 00:00:20 GMT",
              },
            }
          : { kind: "score", score: 3 },
    });
    await judge.ask(prompt());
    expect(waits).toEqual([20_000]);
  });

  it("has all its requests wait when the server asks for it", async () => {
    const events: string[] = [];
    let wake = (): void => undefined;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    const { judge } = await open(
      {
        reply: ({ index }) => {
          events.push(`request ${index}`);
          return index === 0
            ? { kind: "status", status: 429, headers: { "retry-after": "9" } }
            : { kind: "score", score: 3 };
        },
      },
      {
        sleep: async () => {
          events.push("asleep");
          await new Promise((resolve) => setImmediate(resolve)); // another request comes while this one waits
          const other = judge.ask(prompt("other"));
          await new Promise((resolve) => setTimeout(resolve, 150)); // time enough to send, had it not waited
          events.push("awake");
          wake();
          others.push(other);
        },
      },
    );
    const others: Promise<unknown>[] = [];
    await judge.ask(prompt());
    await asleep;
    await Promise.all(others);
    expect(events.slice(0, 3)).toEqual(["request 0", "asleep", "awake"]);
    expect(events).toHaveLength(5);
  });

  it("gives up after five tries, and at once when the wait is too long", async () => {
    const first = await open({ reply: () => ({ kind: "status", status: 500 }) });
    await expect(first.judge.ask(prompt())).rejects.toEqual(
      failure("request-failed", { status: 500 }),
    );
    expect(first.mock.requests).toHaveLength(5);
    await first.mock[Symbol.asyncDispose]();
    const second = await open({
      reply: () => ({ kind: "status", status: 429, headers: { "retry-after": "3600" } }),
    });
    await expect(second.judge.ask(prompt())).rejects.toEqual(
      failure("request-failed", { fatal: true }),
    );
    expect(second.waits).toEqual([]);
  });

  it.each([
    [{ kind: "stop-in-the-middle", score: 1 }, /could not be reached, or cut the connection/],
    [{ kind: "no-json" }, /expected a chat completion/],
    [{ kind: "wrong-shape" }, /another shape .*choices/],
  ] as const)("never makes a score of %j", async (reply, message) => {
    const { judge } = await open({ reply: () => reply }, { attempts: 2 });
    await expect(judge.ask(prompt())).rejects.toThrow(message);
  });

  it("does not wait for ever for a slow server", async () => {
    const { judge } = await open(
      { reply: () => ({ kind: "slow", milliseconds: 1000, score: 1 }) },
      { timeoutMs: 50, attempts: 1 },
    );
    await expect(judge.ask(prompt())).rejects.toThrow(/did not answer in time/);
  });

  it("says that nobody is there", async () => {
    const { mock, judge } = await open({}, { attempts: 1 });
    await mock[Symbol.asyncDispose]();
    await expect(judge.ask(prompt())).rejects.toThrow(/ECONNREFUSED/);
  });

  it.each([
    [404, undefined, "not-found"],
    [403, undefined, "access-denied"],
    [429, "insufficient_quota", "access-denied"],
  ])("takes %d %s as true of all requests", async (status, code, expected) => {
    const { mock, judge } = await open({
      reply: () => ({ kind: "status", status, ...(code === undefined ? {} : { code }) }),
    });
    await expect(judge.ask(prompt())).rejects.toEqual(failure(expected, { fatal: true }));
    expect(mock.requests).toHaveLength(1);
  });

  it("sends its key, and writes it nowhere", async () => {
    const { judge, mock } = await open(
      { apiKey: KEY, reply: () => ({ kind: "text", content: `Your key is ${KEY}` }) },
      { apiKey: KEY },
    );
    const reply = await judge.ask(prompt());
    expect(mock.requests[0]?.authorization).toBe(`Bearer ${KEY}`);
    expect(JSON.stringify(reply)).not.toContain(KEY);
    expect(JSON.stringify(judge)).not.toContain(KEY);
    const wrong = createOpenAiJudge({ model: "mock", baseUrl: mock.baseUrl, apiKey: `${KEY}-old` });
    const error: unknown = await wrong.ask(prompt()).catch((caught: unknown) => caught);
    expect(error).toEqual(failure("access-denied", { status: 401 }));
    const shown = `${String(error)} ${JSON.stringify(error)} ${error instanceof Error ? `${error.stack} ${String(error.cause)}` : ""}`;
    expect(shown).toContain("<key>");
    expect(shown).not.toContain(KEY);
  });

  it("stops while it waits, and before it asks", async () => {
    const stop = new AbortController();
    const { judge, mock } = await open(
      { reply: () => ({ kind: "status", status: 500 }) },
      {
        sleep: async () => {
          stop.abort();
          throw new Error("woken");
        },
      },
    );
    await expect(judge.ask(prompt(), { stop: stop.signal })).rejects.toEqual(failure("aborted"));
    await expect(judge.ask(prompt(), { stop: stop.signal })).rejects.toEqual(failure("aborted"));
    expect(mock.requests).toHaveLength(1);
  });

  it("cuts a request that is under way, and lets one end that is only to be the last", async () => {
    const { judge } = await open({ reply: () => ({ kind: "slow", milliseconds: 150, score: 1 }) });
    const stop = new AbortController();
    const last = judge.ask(prompt(), { stop: stop.signal });
    const cut = judge.ask(prompt(), { cut: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(cut).rejects.toEqual(failure("aborted"));
    expect((await last).content).toContain('"score":1');
  });

  it("leaves no listeners behind on a signal that lives longer", async () => {
    const { judge } = await open();
    const warnings: Error[] = [];
    const note = (warning: Error): unknown => warnings.push(warning);
    process.on("warning", note);
    const { signal } = new AbortController();
    for (let i = 0; i < 12; i++) {
      await judge.ask(prompt(), { stop: signal, cut: signal });
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  it.each([
    "not a url",
    "ftp://host/v1",
    "https://user:secret1@host/v1",
    "https://host/v1?key=secret1",
  ])("refuses the address %j without repeating a secret", (baseUrl) => {
    const make = (): unknown => createOpenAiJudge({ model: "m", baseUrl });
    expect(make).toThrow(/base URL: expected an address/);
    expect(make).not.toThrow(/secret1/);
  });
});
