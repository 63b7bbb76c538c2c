/** A chat completion with one short reply has a few KB. */
const MAX_BODY_BYTES = 1024 * 1024;

export type Fetch = typeof fetch;

/**
 * `fetch` that reads the whole body before it answers, up to a limit, so that a connection that is cut in the middle,
 * or a body without end, fails as the request itself does and falls under the same timeout.
 */
export function limitedFetch(send: Fetch): Fetch {
  return async (input, init) => {
    const response = await send(input, init);
    const { status, statusText, headers } = response;
    const body = await readBody(response);
    return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
  };
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) {
      return new Uint8Array(Buffer.concat(chunks));
    }
    size += next.value.byteLength;
    if (size > MAX_BODY_BYTES) {
      await reader?.cancel();
      throw new Error(`expected a body of at most ${MAX_BODY_BYTES} bytes, got more`);
    }
    chunks.push(next.value);
  }
}
