import type { Command } from "commander";
import { oneOf } from "./names.ts";

/** Adds the options by which a command finds behaviors in the folder of vectors. */
export function addNamedVectorsOptions(command: Command): Command {
  return command
    .option(
      "--model <model>",
      "id of the model that made them, as its files are named (default: CAA_MODEL, or the only one that has vectors)",
    )
    .option("--vectors <dir>", "folder of vectors", "vectors")
    .option(
      "--kind <kind>",
      "raw or normalized vectors of the folder",
      oneOf("raw", "normalized"),
      "raw",
    );
}
