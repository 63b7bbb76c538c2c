import { library, type BuildConfig } from "../../config/tsup.ts";

// The command is run in this process, from its sources, so that a model is opened once for all runs.
const config: BuildConfig = library({ main: "src/main.ts" }, { dts: false });

export default config;
