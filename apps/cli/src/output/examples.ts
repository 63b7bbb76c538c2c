import type { Command } from "commander";

/** Adds examples below the help of a command. */
export function examples(command: Command, ...lines: readonly string[]): void {
  command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`);
}
