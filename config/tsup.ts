import { defineConfig, type Options } from "tsup";

export type BuildConfig = ReturnType<typeof defineConfig>;

/** The one build configuration: ESM only, with types, one output file an entry. */
export function library(entry: Record<string, string>, overrides: Options = {}): BuildConfig {
  return defineConfig({
    entry,
    format: "esm",
    target: "node20",
    dts: true,
    clean: true,
    sourcemap: true,
    ...overrides,
  });
}
