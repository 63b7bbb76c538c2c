import { library, type BuildConfig } from "../../config/tsup.ts";

// Training uses parts of @caa/llama that it does not export: they are bundled from its sources.
const config: BuildConfig = library(
  { train: "src/train.ts", evaluate: "src/evaluate.ts" },
  { dts: false },
);

export default config;
