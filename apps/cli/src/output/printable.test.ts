import { expect, it } from "vitest";
import { printable } from "./printable.ts";

it("shows what would steer a terminal, and leaves everything else", () => {
  expect(printable("\u001b[31m\u009b\u202e\r\n\t")).toBe(
    "\\u001b[31m\\u009b\\u202e\\u000d\\u000a\\u0009",
  );
  expect(printable("Grüße 你好 👍\u200d")).toBe("Grüße 你好 👍\u200d");
});
