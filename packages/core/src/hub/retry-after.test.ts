import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const date = "Wed, 21 Oct 2015 07:28:00 GMT";

test.each([
  [{ "retry-after": "3" }, 3000],
  [{ "retry-after": " 0 " }, 0],
  [{ "retry-after": "Wed, 21 Oct 2015 07:29:30 GMT", date }, 90_000],
  [{ "retry-after": "Wed, 21 Oct 2015 07:00:00 GMT", date }, 0],
  [{ "retry-after": "Wed, 21 Oct 2015 07:29:30 GMT" }, undefined], // no clock is asked
  [{ "retry-after": "soon", date }, undefined],
  [{ "retry-after": "-5" }, undefined],
  [{}, undefined],
])("%j asks to wait %s ms", (headers, milliseconds) => {
  expect(retryAfterMs(new Headers({ ...headers }))).toBe(milliseconds);
});
