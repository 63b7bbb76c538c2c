import { library, type BuildConfig } from "../../config/tsup.ts";

const config: BuildConfig = library({
  index: "src/index.ts",
  files: "src/files/index.ts",
  gguf: "src/formats/gguf/index.ts",
  hub: "src/hub/index.ts",
  "hub-testing": "src/hub/testing/index.ts",
  testing: "src/testing/index.ts",
});

export default config;
