import { CaaError } from "../errors/caa-error.ts";
import { askFrom } from "./ask-from.ts";
import type { Download } from "./download-file.ts";
import { HttpClient, type TransferOptions } from "./http-client.ts";

export interface UrlDownloadOptions extends TransferOptions {
  /** As messages call it. */
  readonly name: string;
  readonly maxBytes: number;
  readonly hash?: string | undefined;
}

/**
 * A file at a plain address, to be downloaded; no token is sent.
 * @throws {CaaError} `invalid-argument` for what is no http(s) address
 */
export function urlDownload(address: string, options: UrlDownloadOptions): Download {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new CaaError(
      "invalid-argument",
      `download of ${options.name}: expected an http(s) address, got "${address}"`,
    );
  }
  const url = new URL(address);
  const { name, maxBytes, hash } = options;
  const facts = { url: address };
  const http = new HttpClient({
    ...options,
    subject: address,
    server: url.host,
    facts,
    refusal: ({ status }) => {
      if (status === 404 || status === 410) {
        return new CaaError("not-found", `${address}: there is no such file (${status})`, {
          facts: { ...facts, status },
        });
      }
      if (status === 401 || status === 403) {
        return new CaaError("access-denied", `${address}: access is denied (${status})`, {
          facts: { ...facts, status },
        });
      }
      return undefined;
    },
  });
  return { http, name, ask: (from) => askFrom(http, url, from), maxBytes, hash };
}
