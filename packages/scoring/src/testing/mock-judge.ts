import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";

/** What the mock makes of a request. */
export interface MockRequest {
  /** From 0, over all requests. */
  readonly index: number;
  readonly model: string;
  /** What stands between the marks. */
  readonly question: string;
  readonly answer: string;
  readonly system: string;
  /** The word that a verdict must bear. */
  readonly code: string;
  /** Whether a JSON schema was asked for. */
  readonly structured: boolean;
  /** As the body has it: `temperature`, `max_tokens` ... */
  readonly body: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
}

/** What the mock answers: a verdict, or a fault. */
export type MockReply =
  /** A verdict in the form that was asked for. */
  | { readonly kind: "score"; readonly score: number }
  /** Any text: prose, several verdicts, an injected verdict. `length` as the reason cuts it off. */
  | {
      readonly kind: "text";
      readonly content: string | null;
      readonly finishReason?: string;
      readonly refusal?: string;
    }
  /** A status such as 429 or 500, with headers such as `retry-after`, and the error as OpenAI's servers write it. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly code?: string;
      readonly message?: string;
    }
  /** Does what the judged text orders: gives the last score that it speaks of, else `score`. */
  | { readonly kind: "obey"; readonly score: number }
  /** Sends half of a good answer and destroys the connection. */
  | { readonly kind: "stop-in-the-middle"; readonly score: number }
  /** A good answer that takes its time. */
  | { readonly kind: "slow"; readonly milliseconds: number; readonly score: number }
  /** Status 200 and a body that is no JSON. */
  | { readonly kind: "no-json" }
  /** Status 200 and JSON that is no chat completion. */
  | { readonly kind: "wrong-shape" };

export interface MockJudgeOptions {
  /** @default a score of 5 for everything */
  readonly reply?: (request: MockRequest) => MockReply;
  /** Whether JSON schemas are known; a server that does not know them answers 400. @default true */
  readonly structured?: boolean;
  /** The name of the limit of a reply that is known; the other is answered with 400. @default both are */
  readonly tokens?: "max_tokens" | "max_completion_tokens";
  /** A key without which the answer is 401. @default none is needed */
  readonly apiKey?: string;
}

export interface MockJudge extends AsyncDisposable {
  /** To give as the base URL. */
  readonly baseUrl: string;
  /** Requests with a body that could be read, in order. */
  readonly requests: readonly MockRequest[];
  /** The most requests that were under way at once. */
  readonly busiest: number;
}

const bodySchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
});

/** A judge on the loopback interface that speaks `/v1/chat/completions`, with every fault of real ones, for tests. */
export async function startMockJudge(options: MockJudgeOptions = {}): Promise<MockJudge> {
  const { reply = () => ({ kind: "score", score: 5 }) } = options;
  const requests: MockRequest[] = [];
  let busy = 0;
  let busiest = 0;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
      sendError(response, 404, "no such address");
      return;
    }
    const body = bodySchema.parse(JSON.parse(await readText(request)));
    const refused = refusal(body, request.headers.authorization, options);
    if (refused !== null) {
      sendError(response, refused.status, refused.message);
      return;
    }
    const asked = toRequest(body, requests.length, request.headers.authorization);
    requests.push(asked);
    await send(response, asked, reply(asked));
  };
  const server = createServer((request, response) => {
    busy += 1;
    busiest = Math.max(busiest, busy);
    response.on("close", () => (busy -= 1));
    handle(request, response).catch((error: unknown) => sendError(response, 400, String(error)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    get busiest() {
      return busiest;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refusal(
  body: Readonly<Record<string, unknown>>,
  authorization: string | undefined,
  { structured = true, tokens, apiKey }: MockJudgeOptions,
): { readonly status: number; readonly message: string } | null {
  if (apiKey !== undefined && authorization !== `Bearer ${apiKey}`) {
    const given = authorization?.replace("Bearer ", "") ?? "";
    return { status: 401, message: `Incorrect API key provided: ${given}` }; // real ones repeat it too
  }
  if (!structured && "response_format" in body) {
    return { status: 400, message: "response_format is not supported" };
  }
  const other = tokens === "max_tokens" ? "max_completion_tokens" : "max_tokens";
  if (tokens !== undefined && other in body) {
    return { status: 400, message: `Unsupported parameter: '${other}'. Use '${tokens}' instead.` };
  }
  return null;
}

function toRequest(
  body: z.infer<typeof bodySchema>,
  index: number,
  authorization: string | undefined,
): MockRequest {
  const text = (role: string): string =>
    body.messages.find((message) => message.role === role)?.content ?? "";
  const system = text("system");
  const mark = /with the mark (\S+)\./.exec(system)?.[1] ?? "";
  const part = (name: string): string =>
    text("user")
      .split(`=== ${mark} the ${name} begins ===\n`)[1]
      ?.split(`\n=== ${mark} the ${name} ends ===`)[0] ?? "";
  return {
    index,
    model: body.model,
    question: part("question"),
    answer: part("answer"),
    system,
    code: /"code": "(\w+)"|VERDICT (\w+):/.exec(system)?.slice(1).find(Boolean) ?? "",
    structured: "response_format" in body,
    body,
    authorization,
  };
}

async function send(
  response: ServerResponse,
  request: MockRequest,
  reply: MockReply,
): Promise<void> {
  const verdict = (score: number): string => verdictText(request, score);
  switch (reply.kind) {
    case "score":
      sendCompletion(response, request, verdict(reply.score));
      break;
    case "text":
      sendCompletion(response, request, reply.content, reply.finishReason, reply.refusal);
      break;
    case "status":
      sendError(response, reply.status, reply.message ?? "mock", reply.code, reply.headers);
      break;
    case "obey":
      sendCompletion(response, request, verdict(orderedScore(request.answer) ?? reply.score));
      break;
    case "stop-in-the-middle": {
      const text = JSON.stringify(completion(request, verdict(reply.score), "stop"));
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
      break;
    }
    case "slow":
      await wait(reply.milliseconds);
      sendCompletion(response, request, verdict(reply.score));
      break;
    case "no-json":
      response.writeHead(200, { "content-type": "application/json" }).end("{ this is no JSON");
      break;
    case "wrong-shape":
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ output: [{ text: verdict(5) }] }));
      break;
  }
}

function verdictText({ structured, code }: MockRequest, score: number): string {
  return structured ? JSON.stringify({ code, score }) : `VERDICT ${code}: ${score}`;
}

function orderedScore(answer: string): number | null {
  const orders = [...answer.matchAll(/\bscore\b\D{0,20}(\d+)/gi)];
  const last = orders.at(-1)?.[1];
  return last === undefined ? null : Number(last);
}

function completion(
  { index, model, system, question, answer }: MockRequest,
  content: string | null,
  finishReason: string,
  refused: string | null = null,
): object {
  return {
    id: `mock-${index}`,
    object: "chat.completion",
    created: 0,
    model,
    choices: [
      {
        index: 0,
        finish_reason: finishReason,
        logprobs: null,
        message: { role: "assistant", content, refusal: refused },
      },
    ],
    // Words, so that a test can say what to expect.
    usage: {
      prompt_tokens: words(system) + words(question) + words(answer),
      completion_tokens: words(content ?? ""),
      total_tokens: words(system) + words(question) + words(answer) + words(content ?? ""),
    },
  };
}

function words(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

function sendCompletion(
  response: ServerResponse,
  request: MockRequest,
  content: string | null,
  finishReason = "stop",
  refused?: string,
): void {
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify(completion(request, content, finishReason, refused)));
}

function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  code: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify({ error: { message, type: "mock", param: null, code } }));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString("utf8");
}
