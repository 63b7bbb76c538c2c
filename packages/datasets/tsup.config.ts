import { library, type BuildConfig } from "../../config/tsup.ts";

const config: BuildConfig = library({ index: "src/index.ts" });

export default config;
