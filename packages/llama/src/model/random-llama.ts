import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CaaError } from "@caa/core";

/**
 * The folder of a tiny Llama with random weights, which shows that everything runs and nothing else. It comes with a
 * checkout of the project, not with the installed package.
 *
 * @throws {CaaError} `not-found` outside a checkout
 */
export function randomLlamaFolder(): string {
  // The same place from the sources, two folders down, and from the build, one folder down.
  for (const up of ["../", "../../"]) {
    const folder = fileURLToPath(
      new URL(`${up}test/fixtures/models/grouped-heads`, import.meta.url),
    );
    if (existsSync(folder)) {
      return folder;
    }
  }
  throw new CaaError(
    "not-found",
    "random model: it comes with a checkout of the project only; name a model, or set CAA_MODEL",
  );
}
