import { z } from "zod";

/** Far above any real text here; bounds what a hostile file makes us keep. */
export const text = z
  .string()
  .min(1)
  .max(4_096)
  .regex(/^[^\p{Cc}\p{Bidi_C}]*$/u, "a text has no control characters");
export const name = z
  .string()
  .max(200)
  .regex(/^[^\s:\p{C}]+$/u, "a name has no blanks, colons or control characters");
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex");

export const normalizationSchema = z.object({
  behaviors: z.array(name).min(1).max(1_000).readonly(),
  targetNorm: z.record(z.string().regex(/^\d{1,4}$/), z.number().positive()).readonly(),
});
