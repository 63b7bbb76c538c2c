import { CaaError } from "../errors/caa-error.ts";

/**
 * An http(s) address. One with a name and password is refused, since addresses stand in messages and records.
 * @throws {CaaError} `invalid-argument`, starting with `what`; no password is in it
 */
export function parseAddress(what: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const shown = text.replace(/\/\/[^/]*@/, "//...@");
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CaaError("invalid-argument", `${what}: expected an http(s) address, got "${shown}"`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new CaaError(
      "invalid-argument",
      `${what}: expected an address without user name and password, got "${shown}"`,
    );
  }
  return url;
}
