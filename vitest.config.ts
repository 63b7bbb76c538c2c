import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

// A file for the results as JSON, beside the usual output.
const report = process.env["CAA_TEST_REPORT"];

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Tests read the sources of every package; only the model thread is run from the build (and tests of it need one). Longest names first: aliases match by prefix.
const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: {
      "@caa/core/files": source("./packages/core/src/files/index.ts"),
      "@caa/core/gguf": source("./packages/core/src/formats/gguf/index.ts"),
      "@caa/core/hub/testing": source("./packages/core/src/hub/testing/index.ts"),
      "@caa/core/hub": source("./packages/core/src/hub/index.ts"),
      "@caa/core/testing": source("./packages/core/src/testing/index.ts"),
      "@caa/core": source("./packages/core/src/index.ts"),
      "@caa/llama/phantom": source("./packages/llama/src/phantom/index.ts"),
      "@caa/llama/train": source("./packages/llama/src/train/index.ts"),
      "@caa/llama": source("./packages/llama/src/index.ts"),
      "@caa/datasets": source("./packages/datasets/src/index.ts"),
      "@caa/eval/plots": source("./packages/eval/src/plots/index.ts"),
      "@caa/eval": source("./packages/eval/src/index.ts"),
      "@caa/scoring/testing": source("./packages/scoring/src/testing/index.ts"),
      "@caa/scoring": source("./packages/scoring/src/index.ts"),
    },
  },
  test: {
    // One process a file: the inference runtime may be loaded only once in a process.
    pool: "forks",
    // By default one processor is left free, which on two of them runs everything one after the other.
    maxWorkers: "100%",
    include: ["{packages,apps}/*/{src,test}/**/*.test.ts", "test/**/*.test.{ts,mjs}"],
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    // Wide, since a busy machine makes everything several times slower: they end what hangs, and measure nothing.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default config;
