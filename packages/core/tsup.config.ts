import { library, type BuildConfig } from "../../config/tsup.ts";

const config: BuildConfig = library({
  index: "src/index.ts",
  files: "src/files/index.ts",
  testing: "src/testing/index.ts",
});

export default config;
