import { CaaError } from "../errors/caa-error.ts";
import { askFrom } from "./ask-from.ts";
import type { Download } from "./download-file.ts";
import { HttpClient, type TransferOptions } from "./http-client.ts";
import { parseAddress } from "./parse-address.ts";

export interface UrlDownloadOptions extends TransferOptions {
  /** As messages call it. */
  readonly name: string;
  readonly maxBytes: number;
  readonly hash?: string | undefined;
  /** As in `Download`. @default false */
  readonly compared?: boolean | undefined;
}

/**
 * A file at a plain address, to be downloaded; no token is sent.
 * @throws {CaaError} `invalid-argument` for what is no http(s) address, or one with a password
 */
export function urlDownload(address: string, options: UrlDownloadOptions): Download {
  const { name, maxBytes, hash, compared } = options;
  const url = parseAddress(`download of ${name}`, address);
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
  return { http, name, ask: (from) => askFrom(http, url, from), maxBytes, hash, compared };
}
