import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CaaError } from "@caa/core";

/** The name under which `openModel` opens the embedded model. */
export const PHANTOM = "phantom";

/**
 * The folder of the embedded model, a test object into which directions are planted: configuration, weights, tokenizer,
 * card and the directions themselves.
 *
 * @throws {CaaError} `not-found` when the package was bundled or copied without it
 */
export function phantomFolder(): string {
  // The same place from the sources, two folders down, and from the build, one folder down.
  for (const up of ["../", "../../"]) {
    const folder = fileURLToPath(new URL(`${up}phantom`, import.meta.url));
    if (existsSync(`${folder}/config.json`)) {
      return folder;
    }
  }
  throw new CaaError(
    "not-found",
    "embedded model: this copy of @caa/llama came without it; name a model, or set CAA_MODEL",
  );
}
