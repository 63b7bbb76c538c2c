import { library, type BuildConfig } from "../../config/tsup.ts";

const config: BuildConfig = library({
  index: "src/index.ts",
  phantom: "src/phantom/index.ts",
  train: "src/train/index.ts",
  worker: "src/worker/worker.ts",
});

export default config;
