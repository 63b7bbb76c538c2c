import { CaaError } from "@caa/core";

/**
 * The address of a server without a slash at its end. It stands in files and messages, so it may hold no secret.
 * @throws {CaaError} invalid-argument
 */
export function checkBaseUrl(text: string): string {
  const expected = "expected an address such as http://localhost:8080/v1";
  if (!URL.canParse(text)) {
    throw new CaaError("invalid-argument", `base URL: ${expected}, got ${JSON.stringify(text)}`);
  }
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new CaaError("invalid-argument", `base URL: ${expected}, got ${url.protocol}`);
  }
  // What it held is not repeated: it may be a secret.
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    const message = `base URL: ${expected}, got one with a user, a query or a fragment; a key has its own place`;
    throw new CaaError("invalid-argument", message);
  }
  return url.href.replace(/\/+$/, "");
}

/** Whether what is sent there can be read on the way: not encrypted, and to another machine. */
export function isExposed(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
