import { parentPort } from "node:worker_threads";
import { CaaError } from "@caa/core";
import type { Engine } from "../engine/jobs.ts";
import { TokenEngine } from "../engine/token-engine.ts";
import type { Reply, Request } from "./messages.ts";

// The thread in which a model lives. Requests are done one after another; aborts and ended rows get in between two runs.
const port = parentPort;
const running = new Map<
  number,
  { readonly controller: AbortController; readonly endedRows: Set<number> }
>();
let engine: Engine | undefined;
let queue: Promise<void> = Promise.resolve();

port?.on("message", (request: Request) => {
  if (request.kind === "abort") {
    running.get(request.id)?.controller.abort();
  } else if (request.kind === "end-row") {
    running.get(request.id)?.endedRows.add(request.sequence);
  } else {
    running.set(request.id, { controller: new AbortController(), endedRows: new Set() });
    queue = queue.then(() => answer(request));
  }
});

async function answer(request: Exclude<Request, { kind: "abort" | "end-row" }>): Promise<void> {
  const { id } = request;
  try {
    reply({ kind: "done", id, result: await perform(request) });
  } catch (error) {
    reply({
      kind: "failed",
      id,
      code: CaaError.isInstance(error) ? error.code : "device",
      message: error instanceof Error ? error.message : String(error),
      facts: CaaError.isInstance(error) ? error.facts : {},
    });
  } finally {
    running.delete(id);
  }
}

async function perform(
  request: Exclude<Request, { kind: "abort" | "end-row" }>,
): Promise<Extract<Reply, { kind: "done" }>["result"]> {
  const state = running.get(request.id);
  const signal = state?.controller.signal;
  switch (request.kind) {
    case "open":
      engine = await TokenEngine.open(request.config, request.weights, request.options);
      return null;
    case "forward":
      return opened().forward(request.job, signal);
    case "generate":
      return opened().generate(
        request.job,
        (sequence, token) => {
          reply({ kind: "token", id: request.id, sequence, token });
          return state?.endedRows.has(sequence) !== true;
        },
        signal,
        (sequence, position, scores) =>
          reply({ kind: "read", id: request.id, sequence, position, scores }),
      );
    case "lens":
      return opened().lens(request.job, signal);
    case "dispose":
      await engine?.dispose();
      engine = undefined;
      return null;
  }
}

function opened(): Engine {
  if (engine === undefined) {
    throw new CaaError("invalid-argument", "model thread: the model is not open");
  }
  return engine;
}

function reply(message: Reply): void {
  port?.postMessage(message);
}
