import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { examples } from "../output/examples.ts";
import { formatTable } from "../output/table.ts";
import {
  addRuntimeOptions,
  type ModelOptions,
  openRequestedModel,
  requireModelName,
} from "../options/model.ts";

interface InfoOptions extends ModelOptions {
  readonly json?: boolean;
}

/** `caa models info [model]` */
export function addModelsInfo(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("info")
    .description("open a model and say what it is")
    .argument("[model]", "folder, GGUF file, hub id or short name (default: CAA_MODEL)");
  addRuntimeOptions(command)
    .option("--json", "as JSON")
    .action(async (model: string | undefined, options: InfoOptions) => {
      const name = requireModelName(model, dependencies);
      await using opened = await openRequestedModel(name, options, dependencies);
      const { info } = opened;
      if (options.json === true) {
        dependencies.stdout.write(`${JSON.stringify(info, null, 2)}\n`);
        return;
      }
      const rows = [
        ["model", info.id],
        ["architecture", info.architecture],
        ["layers", `${info.layerCount} (0 to ${info.layerCount - 1})`],
        ["width (d_model)", String(info.dModel)],
        ["vocabulary", String(info.vocabularySize)],
        ["context", `${info.contextLength} tokens`],
        ["dtype", info.dtype],
        ["device", info.device],
        ["prompt style", info.promptStyle],
        ["hash", info.hash],
      ] as const;
      dependencies.stdout.write(formatTable([{ title: "what" }, { title: "value" }], rows));
    });
  examples(
    command,
    "caa models info llama-2-7b-chat",
    "caa models info ./model.gguf --dtype q8",
    "CAA_MODEL=./model caa models info --json",
  );
}
