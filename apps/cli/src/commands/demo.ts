import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import type { DemoOptions } from "../demo/run-demo.ts";
import { addRuntimeOptions } from "../options/model.ts";
import { examples } from "../output/examples.ts";

/** `caa demo` */
export function addDemo(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("demo")
    .description(
      "the whole job in a minute, without network: vectors, normalization, a layer sweep with random directions, the multiplier, steered answers, plots and a page",
    )
    .option(
      "--model <model>",
      "folder, GGUF file or hub id (default: CAA_MODEL, or phantom, the test object in the box)",
    );
  addRuntimeOptions(command)
    .option("--out <dir>", "where everything goes", "demo")
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import("../demo/run-demo.ts");
      await runDemo(options, dependencies);
    });
  examples(command, "caa demo", "caa demo --model ./model.gguf --out demo");
}
