import { CaaError, type GenerateOptions, type GenerateRequest, type Generation } from "@caa/core";
import type { LlamaConfig } from "../config/llama-config.ts";
import { actingSteps } from "../engine/steering-tensors.ts";
import { encodePrompt } from "../prompt/encode-prompt.ts";
import { checkProbes } from "./check-vector.ts";
import type { LlamaModelParts } from "./llama-model.ts";
import { StopFilter } from "./stop-filter.ts";
import { tokenText } from "./token-text.ts";
import { SteeringCompiler, spanOfSteps } from "./token-steering.ts";

/**
 * Generates for all requests in batches, decodes as tokens come, and ends a text at a stop string. `onText` has a token's text
 * when it is drawn, `onToken` has the token one run later, when it has been read.
 */
export async function generateTexts(
  { engine, tokenizer, format, config }: LlamaModelParts,
  requests: readonly GenerateRequest[],
  options: GenerateOptions,
): Promise<readonly Generation[]> {
  const { maxNewTokens = 100, temperature = 0, topK = 0, topP = 1, stop = [] } = options;
  const { onToken, probes = [] } = options;
  checkNumber(
    "maxNewTokens",
    maxNewTokens,
    (n) => Number.isInteger(n) && n >= 1,
    "a whole number of at least 1",
  );
  checkNumber(
    "temperature",
    temperature,
    (n) => n >= 0 && Number.isFinite(n),
    "0 (greedy) or more",
  );
  checkNumber("topK", topK, (n) => Number.isInteger(n) && n >= 0, "0 (off) or a whole number");
  checkNumber("topP", topP, (n) => n > 0 && n <= 1, "more than 0, at most 1");
  checkProbes(probes, config);
  // The last new token is drawn, and run only where there is something to read of it.
  const readsLast = onToken !== undefined && probes.length > 0;
  const endTokens = config.eos_token_ids;
  const compiler = new SteeringCompiler(config);

  const rows = requests.map((request) => {
    const { ids, text: promptText, markerIndex } = encodePrompt(tokenizer, format, request.prompt);
    if (ids.length >= config.max_position_embeddings) {
      throw new CaaError(
        "context-length",
        `prompt: ${ids.length} tokens leave no room in the model's context of ${config.max_position_embeddings}`,
        { facts: { tokens: ids.length, context: config.max_position_embeddings } },
      );
    }
    const length = Math.min(ids.length + maxNewTokens, config.max_position_embeddings);
    const steps = compiler.compile(
      request.steering ?? [],
      markerIndex,
      readsLast ? length : length - 1,
    );
    return {
      ids,
      promptText,
      room: length - ids.length, // tokens that may come
      steps,
      seed: request.seed ?? 0,
      stream: tokenizer.createTextStream(),
      filter: new StopFilter(stop),
      text: "",
      tokens: new Array<number>(),
      complete: false,
    };
  });

  const longest = rows.reduce((most, row) => Math.max(most, row.ids.length + row.room), 0);
  const { batchSize = rowsThatFit(config, longest) } = options;
  checkNumber(
    "batchSize",
    batchSize,
    (n) => Number.isInteger(n) && n >= 1,
    "a whole number of at least 1",
  );

  const emit = (request: number, text: string): void => {
    const row = rows[request];
    if (row !== undefined && text !== "") {
      row.text += text;
      options.onText?.({ request, text });
    }
  };
  const generations = new Map<number, Generation>();
  /** The text of a row that gets no more tokens. */
  const finish = (request: number, row: (typeof rows)[number]): Generation => {
    const found = generations.get(request);
    if (found !== undefined) {
      return found;
    }
    if (!row.filter.stopped) {
      emit(request, row.filter.push(row.stream.flush()));
      emit(request, row.filter.flush());
    }
    const ended = endTokens.includes(row.tokens.at(-1) ?? -1);
    const generation: Generation = {
      text: row.text,
      promptText: row.promptText,
      tokens: row.tokens,
      promptTokens: row.ids,
      finishReason: row.filter.stopped ? "stop" : ended ? "end" : "length",
      steered: spanOfSteps(row.steps, row.ids.length),
    };
    generations.set(request, generation);
    options.onDone?.({ request, generation });
    return generation;
  };
  await engine.generate(
    {
      vectors: compiler.vectors,
      sequences: rows.map(({ ids, steps, seed }) => ({ ids, steps, seed })),
      maxNewTokens,
      temperature,
      topK,
      topP,
      endTokens,
      batchSize,
      ...(onToken === undefined ? {} : { probes }),
    },
    (request, token) => {
      const row = rows[request];
      if (row === undefined || row.filter.stopped) {
        return false; // drawn before the word of the stop arrived
      }
      row.tokens.push(token);
      const ended = endTokens.includes(token);
      if (!ended) {
        emit(request, row.filter.push(row.stream.push(token)));
      }
      row.complete = ended || row.filter.stopped || row.tokens.length === row.room;
      if (row.complete && !readsLast) {
        finish(request, row);
      }
      return !row.filter.stopped;
    },
    options.signal,
    (request, first, scores) => {
      const row = rows[request];
      if (row === undefined) {
        return;
      }
      scores.forEach((ofToken, i) => {
        const position = first + i;
        const isPrompt = position < row.ids.length;
        const id = isPrompt ? row.ids[position] : row.tokens[position - row.ids.length];
        if (id !== undefined) {
          // else drawn before the word of the stop arrived
          onToken?.({
            request,
            position,
            id,
            text: tokenText(tokenizer, id),
            isPrompt,
            isSteered: actingSteps(row.steps, position).length > 0,
            scores: ofToken,
          });
        }
      });
      if (row.complete && first + scores.length === row.ids.length + row.tokens.length) {
        finish(request, row);
      }
    },
  );

  return rows.map((row, request) => finish(request, row));
}

/** Rows of a batch cost little up to about this many, and gain little beyond. */
const MOST_ROWS = 32;
/** Most memory of the cache of a batch whose size nobody chose. */
const MOST_CACHE_BYTES = 2 * 2 ** 30;

function rowsThatFit(config: LlamaConfig, longest: number): number {
  const { num_hidden_layers, num_key_value_heads, head_dim } = config;
  const row = longest * num_hidden_layers * num_key_value_heads * head_dim * 2 * 4; // keys and values, float32
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_CACHE_BYTES / row)));
}

function checkNumber(
  name: string,
  value: number,
  holds: (value: number) => boolean,
  expected: string,
): void {
  if (!holds(value)) {
    throw new CaaError("invalid-argument", `generate: ${name} must be ${expected}, got ${value}`, {
      facts: { value },
    });
  }
}
