import { library, type BuildConfig } from "../../config/tsup.ts";

const config: BuildConfig = library({
  index: "src/index.ts",
  testing: "src/testing/index.ts",
});

export default config;
