import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("fixtures/torch/", import.meta.url));

/** PyTorch's versions that wrote the files of `fixtures/torch`, by `make.py` there; `-python2` under Python 2.7. */
export const TORCH_VERSIONS = [
  "1.4.0-python2",
  "1.4.0",
  "1.8.1",
  "1.13.1",
  "2.0.1",
  "2.9.1",
] as const;

/** A file that one of them wrote. */
export function torchFixture(version: string, name: string): Uint8Array {
  return new Uint8Array(readFileSync(`${folder}${version}/${name}.pt`));
}

/** All files, by their paths. */
export function torchFixtures(): ReadonlyMap<string, Uint8Array> {
  return new Map(
    TORCH_VERSIONS.flatMap((version) =>
      readdirSync(folder + version)
        .sort()
        .map((file): [string, Uint8Array] => [
          `${version}/${file}`,
          torchFixture(version, file.slice(0, -".pt".length)),
        ]),
    ),
  );
}
