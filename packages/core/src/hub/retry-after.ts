/**
 * Milliseconds that an answer asks to wait: `Retry-After` in seconds, or as a date counted from the answer's own `Date`,
 * so that no clock here must be right. `undefined` without one that can be read.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) {
    return 1000 * Number(text);
  }
  const wait = Date.parse(text) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
