import { library, type BuildConfig } from "../../config/tsup.ts";

const config: BuildConfig = library({ main: "src/main.ts" });

export default config;
