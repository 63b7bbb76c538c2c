import { createHash } from "node:crypto";

/** With an extension behind it, within what common file systems take. */
const MAX_LENGTH = 200;

/**
 * A file's name without extension, such as `norms_model=org--name`: what is drawn, and settings as `key=value`. A name
 * that is too long is cut and ends in a hash of the whole.
 */
export function plotFileName(what: string, settings: Readonly<Record<string, string>>): string {
  const parts = Object.entries(settings).map(([key, value]) => `${key}=${safe(value)}`);
  const name = [what, ...parts].join("_");
  if (name.length <= MAX_LENGTH) {
    return name;
  }
  const ending = `_sha256=${createHash("sha256").update(name, "utf8").digest("hex").slice(0, 16)}`;
  return name.slice(0, MAX_LENGTH - ending.length) + ending;
}

function safe(text: string): string {
  return text.replaceAll("/", "--").replaceAll(/[^A-Za-z0-9._+-]/g, "_");
}
