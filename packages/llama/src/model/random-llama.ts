import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CaaError } from "@caa/core";

/**
 * The folder of a tiny Llama with random weights, which comes with this package. It shows that everything runs, and
 * nothing else.
 *
 * @throws {CaaError} `not-found` when the package was bundled or copied without it
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
    "random model: this copy of @caa/llama came without it; name a model, or set CAA_MODEL",
  );
}
