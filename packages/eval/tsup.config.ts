import { library, type BuildConfig } from "../../config/tsup.ts";

const config: BuildConfig = library({ index: "src/index.ts", plots: "src/plots/index.ts" });

export default config;
