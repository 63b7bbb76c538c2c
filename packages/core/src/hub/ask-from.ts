import type { HttpClient } from "./http-client.ts";

/** Asks for the rest of a file once: from byte `from` on. 416 is an answer: nothing is left. */
export function askFrom(
  http: HttpClient,
  url: URL,
  from: number,
  headers: Headers = new Headers(),
): Promise<Response> {
  // Compressed answers would not have the listed size.
  headers.set("accept-encoding", "identity");
  if (from > 0) {
    headers.set("range", `bytes=${from}-`);
  }
  return http.request(url, { headers, attempts: 1, accepted: [416] });
}
